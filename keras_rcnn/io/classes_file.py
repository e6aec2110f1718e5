"""classes.txt: names and colors of the classes, a line for each class.

Folders of labeled photos and exported models have it in the same format.
"""

import colorsys
import re
from collections.abc import Sequence

from keras_rcnn.errors import printable

CLASSES_FILE = "classes.txt"
Palette = Sequence[Sequence[int]]


def classes_text(class_names: Sequence[str], palette: Palette) -> str:
    r"""Returns a line for each class with its name and color.

    >>> classes_text(["sky", "wet road"], [(0, 128, 255), (16, 17, 18)])
    'sky #0080ff\nwet road #101112\n'
    """
    return "".join(
        f"{name} #{bytes(color).hex()}\n"
        for name, color in zip(class_names, palette, strict=True)
    )


def read_classes(
    text: str,
) -> tuple[tuple[str, ...], tuple[tuple[int, int, int], ...]]:
    r"""Names and colors of the classes.

    Empty lines do not count. A class without a color gets one of
    `default_palette`.

    Raises:
        ValueError: if a line ends in `#` and something that is not a color,
            or holds control characters.

    >>> read_classes("sky #0080ff\nwet road #101112\n")
    (('sky', 'wet road'), ((0, 128, 255), (16, 17, 18)))
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    names, palette = [], []
    for line, color in zip(lines, default_palette(len(lines)), strict=True):
        code = re.search(r" #([0-9a-fA-F]{6})$", line)
        if printable(line) != line:
            raise ValueError(f"{line!r} holds control characters: remove them.")
        if not code and re.search(r" #\S*$", line):
            raise ValueError(
                f"{line!r} does not end in a color; write it as in "
                "`sky #87ceeb`, or leave it out."
            )
        names.append(line[: code.start()] if code else line)
        red, green, blue = bytes.fromhex(code[1]) if code else color
        palette.append((red, green, blue))
    return tuple(names), tuple(palette)


def default_palette(count: int) -> tuple[tuple[int, int, int], ...]:
    """Different colors for classes that have none of their own."""
    palette = []
    for index in range(count):
        # Steps of the golden ratio spread any number of hues evenly.
        hue = (0.55 + index * 0.618034) % 1
        value = (0.95, 0.7, 0.45)[index % 3]
        color = colorsys.hsv_to_rgb(hue, 0.75, value)
        red, green, blue = (round(255 * channel) for channel in color)
        palette.append((red, green, blue))
    return tuple(palette)
