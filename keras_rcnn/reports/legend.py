"""Names and colors of the classes in a picture."""

import functools
import pathlib
from collections.abc import Sequence

import matplotlib
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
    """A swatch and the name of each class that is in the labels.

    Args:
        labels: uint8 `(height, width)`.
        class_names: one for each class.
        palette: red, green and blue of each class, 0 to 255.
        text_height: in pixels.
        show_shares: whether to add each one's share of the pixels.

    Returns:
        uint8 `(height, width, 3)`, one row a class, the largest share first.
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


def fitting_text_height(picture_height: int) -> int:
    """Height of text, in pixels, that is readable beside a picture."""
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
    """Writes a line of text; anchor as in Pillow, `lm` for left, middle."""
    draw.text(position, text, fill=INK, font=_font(text_height), anchor=anchor)


@functools.cache
def _font(text_height: int) -> ImageFont.FreeTypeFont:
    # Matplotlib ships a font with more scripts than Pillow's own.
    fonts = pathlib.Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(fonts / "DejaVuSans.ttf", text_height)


def _shorten(name: str) -> str:
    if len(name) <= _MAX_CHARACTERS:
        return name
    return name[: _MAX_CHARACTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
