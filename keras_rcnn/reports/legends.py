"""Names and colors of the classes in a picture."""

import functools
import importlib.util
import pathlib
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from keras_rcnn.reports.colors import (
    UNKNOWN_COLOR,
    Palette,
    label_shares,
)

BACKGROUND = (255, 255, 255)
INK = (30, 30, 30)
_MAX_CHARACTERS = 40


def legend(
    labels: np.ndarray,
    class_names: Sequence[str],
    palette: Palette,
    text_height: int = 14,
    show_shares: bool = True,
) -> np.ndarray:
    """Draws the color and the name of each class that occurs in the labels.

    Args:
        labels: uint8 `(height, width)`.
        class_names: one for each class.
        palette: red, green and blue of each class, 0 to 255.
        text_height: in pixels.
        show_shares: whether to add the share of each class in the pixels.

    Returns:
        uint8 `(height, width, 3)`, one row for each class, the largest share
        first.
    """
    shares = label_shares(labels, len(class_names))
    rows = [
        (_shorten(class_names[index]), tuple(palette[index]), shares[index])
        for index in np.argsort(-shares, kind="stable")
        if shares[index]
    ]
    unknown = 1 - shares.sum()
    if unknown > 1e-9:
        rows.append(("unknown", UNKNOWN_COLOR, unknown))
    texts = [
        f"{name}  {100 * share:.1f} %" if show_shares else name
        for name, _, share in rows
    ]
    row_height = round(1.6 * text_height)
    left = row_height + text_height // 2
    width = left + max(text_width(text, text_height) for text in texts)
    canvas = Image.new(
        "RGB", (width + text_height // 2, row_height * len(rows)), BACKGROUND
    )
    draw = ImageDraw.Draw(canvas)
    gap = row_height // 5
    for index, (text, (_, color, _)) in enumerate(
        zip(texts, rows, strict=True)
    ):
        top = index * row_height
        draw.rectangle(
            (gap, top + gap, row_height - gap, top + row_height - gap),
            fill=color,
            outline=INK,
        )
        draw_text(draw, (left, top + row_height // 2), text, text_height, "lm")
    return np.array(canvas)


def legend_column(
    found: np.ndarray,
    class_names: Sequence[str],
    palette: Palette,
    height: int,
) -> np.ndarray:
    """Draws the legend of some classes as a column of a given height.

    Args:
        found: the classes, numbers from 0.
        class_names: one for each class.
        palette: red, green and blue of each class, 0 to 255.
        height: in pixels; the text becomes smaller where the classes need it.

    Returns:
        uint8 `(height, width, 3)`; the width is 0 if there are no classes.
    """
    names = found[found < len(class_names)].astype(np.uint8)
    if not names.size:
        return np.empty((height, 0, 3), np.uint8)
    text_height = min(
        fitting_text_height(height), int(height / (1.7 * len(names)))
    )
    picture = legend(
        names[np.newaxis],
        class_names,
        palette,
        max(1, text_height),
        show_shares=False,
    )[:height]
    below = (0, height - len(picture)), (0, 0), (0, 0)
    return np.pad(picture, below, constant_values=BACKGROUND[0])


def fitting_text_height(picture_height: int) -> int:
    """Height of text, in pixels, that can be read beside a picture."""
    return int(np.clip(picture_height // 22, 12, 72))


def text_width(text: str, text_height: int) -> int:
    """Width of a line of text in pixels."""
    return int(np.ceil(_font(text_height).getlength(text)))


def draw_text(
    draw: ImageDraw.ImageDraw,
    position: tuple[int, int],
    text: str,
    text_height: int,
    anchor: str,
) -> None:
    """Writes a line of text; `anchor` as in Pillow, `lm` is left and middle."""
    draw.text(position, text, fill=INK, font=_font(text_height), anchor=anchor)


@functools.cache
def _font(text_height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    # Matplotlib's font has more scripts than Pillow's; its import is slow.
    package = importlib.util.find_spec("matplotlib")
    if package is None or package.origin is None:
        return ImageFont.load_default(text_height)
    fonts = pathlib.Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
    return ImageFont.truetype(fonts / "DejaVuSans.ttf", text_height)


def _shorten(name: str) -> str:
    if len(name) <= _MAX_CHARACTERS:
        return name
    return name[: _MAX_CHARACTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
