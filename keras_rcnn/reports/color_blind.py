"""Colors that the color-blind can tell apart, for any number of classes."""

import colorsys
import itertools

import numpy as np

from keras_rcnn.reports.colors import Palette

# The colors of Okabe & Ito without black, which stands for unknown pixels,
# and colors of Paul Tol's schemes, each as far as possible from the colors
# before it and from black, in normal vision and without one kind of cones.
_COLORS = (
    "E69F00 56B4E9 009E73 F0E442 0072B2 D55E00 CC79A7 "
    "222255 72190E 99DDFF 555555 BBBBBB 994F88 42150A A5170E CAE0AB 332288 "
    "E8ECFB F6C141 90C987 CC3311 EE7733 66CCEE 4EB265 AA6F9E 663333 DDCC77 "
    "882E72 666633 999933 6195CF CCBB44 D9CCE3"
).split()
_STEPS = range(45, 256, 35)


def color_blind_safe(palette: Palette) -> tuple[tuple[int, ...], ...]:
    """Published colors to use instead, each similar to the one it replaces.

    The first seven are the colors of Okabe & Ito. With more than about twelve
    classes some colors are close to each other, and from the 34th class on
    they are the steps of a cube: nobody can tell so many colors apart.

    Args:
        palette: red, green and blue of each class, 0 to 255.

    Returns:
        As many different colors, none of which is that of unknown pixels.

    >>> color_blind_safe([(135, 206, 235), (20, 90, 40)])
    ((86, 180, 233), (0, 158, 115))

    Reference:
        Okabe & Ito, "Color Universal Design", 2002; Tol, "Colour Schemes",
        SRON/EPS/TN/09-002, 2021.
    """
    colors = [tuple(bytes.fromhex(color)) for color in _COLORS]
    cube = list(itertools.product(_STEPS, repeat=3))
    num_more = max(0, len(palette) - len(colors))
    colors += [
        cube[i] for i in np.linspace(0, len(cube) - 1, num_more, dtype=int)
    ]
    colors = colors[: max(len(palette), 7)]
    distances = np.linalg.norm(
        _hues(palette)[:, np.newaxis] - _hues(colors), axis=-1
    )
    safe = dict[int, tuple[int, ...]]()
    # The most similar pair first.
    for index in np.argsort(distances, axis=None, kind="stable"):
        number, choice = divmod(int(index), len(colors))
        if number not in safe and colors[choice] not in safe.values():
            safe[number] = colors[choice]
    return tuple(safe[number] for number in range(len(palette)))


def _hues(colors: Palette) -> np.ndarray:
    """Lightness and two axes of hue, `(colors, 3)`.

    Lightness counts less, because grass has to stay green above all.
    """
    yiq = [colorsys.rgb_to_yiq(*(part / 255 for part in c)) for c in colors]
    return np.reshape(yiq, (-1, 3)) * (0.3, 1, 1)
