"""Colors that the color-blind can tell apart, for any number of classes."""

import functools
import itertools

import numpy as np
from scipy.optimize import linear_sum_assignment

from keras_rcnn.reports.colors import Palette

# All of Okabe & Ito's colors but black, which stands for unknown pixels.
OKABE_ITO = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)
# What eyes without one kind of cones make of red, green and blue light.
_EYES = {
    "any": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue cones": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_LIGHT_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_CONES_TO_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
# Steps of the colors to choose further ones from; black and all but black
# are left out.
_STEPS = range(0, 256, 17)
_DARKEST = 0.3


def color_blind_safe(palette: Palette) -> tuple[tuple[int, ...], ...]:
    """Colors to use instead, each as near as may be to the one it replaces.

    The first seven are those of Okabe & Ito; each further one is as far as
    can be from those before it and from black, for eyes of all four kinds.
    With more than about twelve classes some are close to each other, as
    nobody, color-blind or not, tells so many colors apart.

    Args:
        palette: red, green and blue of each class, 0 to 255.

    Returns:
        As many different colors, none of which is that of unknown pixels.

    >>> color_blind_safe([(135, 206, 235), (20, 90, 40)])
    ((86, 180, 233), (0, 158, 115))

    Reference:
        Okabe & Ito, "Color Universal Design", 2002; the three kinds of
        color blindness: Machado, Oliveira & Fernandes, "A Physiologically-
        based Model for Simulation of Color Vision Deficiency", 2009;
        distances: Ottosson, "A perceptual color space for image processing"
        (Oklab), 2020.
    """
    chosen = _choose(max(len(palette), len(OKABE_ITO)))
    # Hue makes grass grass, more than lightness does.
    hues = np.array((0.3, 1, 1))
    distances = _distances(
        hues * _oklab(np.array(palette), "any"),
        hues * _oklab(np.array(chosen), "any"),
    )
    _, columns = linear_sum_assignment(distances)
    return tuple(chosen[column] for column in columns)


@functools.cache
def _choose(count: int) -> tuple[tuple[int, ...], ...]:
    """The colors, from those that are easiest to tell apart on."""
    steps = np.array(list(itertools.product(_STEPS, repeat=3)))
    candidates = steps[_oklab(steps, "any")[:, 0] > _DARKEST]
    chosen = [*OKABE_ITO]
    # To the nearest of those chosen, by the eyes that tell them apart worst.
    nearest = _worst_distances(candidates, np.array([(0, 0, 0), *chosen]))
    while len(chosen) < count:
        best = candidates[np.argmax(nearest)]
        chosen.append(tuple(best.tolist()))
        nearest = np.minimum(nearest, _worst_distances(candidates, best[None]))
    return tuple(chosen)


def _worst_distances(colors: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.min(
        [
            _distances(_oklab(colors, eyes), _oklab(others, eyes)).min(axis=1)
            for eyes in _EYES
        ],
        axis=0,
    )


def _distances(colors: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.linalg.norm(colors[:, None] - others, axis=-1)


def _oklab(colors: np.ndarray, eyes: str) -> np.ndarray:
    """Lightness and two axes of hue, `(colors, 3)`, as such eyes see them."""
    part = colors / 255
    light = np.where(
        part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4
    )
    seen = np.clip(light @ np.array(_EYES[eyes]).T, 0, 1)
    cones = np.cbrt(seen @ np.array(_LIGHT_TO_CONES).T)
    return cones @ np.array(_CONES_TO_OKLAB).T
