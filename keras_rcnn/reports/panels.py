"""Pictures side by side, with captions and a legend."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.reports.colors import (
    Palette,
    error_map,
    label_colors,
    overlay,
)
from keras_rcnn.reports.legends import (
    BACKGROUND,
    draw_text,
    fitting_text_height,
    legend,
    text_width,
)


def side_by_side(
    pictures: Sequence[np.ndarray], captions: Sequence[str] | None = None
) -> np.ndarray:
    """Draws pictures in a row on white, aligned at the top, below captions.

    Args:
        pictures: uint8 `(height, width, 3)` each, of any sizes.
        captions: one for each picture; None leaves no room for captions.

    Returns:
        uint8 `(height, width, 3)`.
    """
    height = max(picture.shape[0] for picture in pictures)
    text_height = fitting_text_height(height)
    gap = text_height // 2
    top = 2 * text_height if captions else 0
    captions = captions or [""] * len(pictures)
    widths = [
        max(picture.shape[1], text_width(caption, text_height))
        for picture, caption in zip(pictures, captions, strict=True)
    ]
    size = sum(widths) + gap * (len(widths) - 1), top + height
    canvas = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(canvas)
    left = 0
    for picture, caption, width in zip(pictures, captions, widths, strict=True):
        canvas.paste(Image.fromarray(picture), (left, top))
        draw_text(draw, (left, top // 2), caption, text_height, "lm")
        left += width + gap
    return np.array(canvas)


def overlay_with_legend(
    image: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    palette: Palette,
    opacity: float = 0.5,
) -> np.ndarray:
    """Draws a photo tinted with its labels beside a legend of the colors.

    Args:
        image: uint8 `(height, width, 3)`.
        labels: uint8 `(height, width)`.
        class_names: one for each class.
        palette: red, green and blue of each class, 0 to 255.
        opacity: weight of the color in the mixture, 0 to 1.

    Returns:
        uint8 `(height, width, 3)`; the photo is its left upper corner.
    """
    text_height = fitting_text_height(image.shape[0])
    return side_by_side(
        [
            overlay(image, labels, palette, opacity),
            legend(labels, class_names, palette, text_height),
        ]
    )


def scored_photo(
    image: np.ndarray,
    truth: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    palette: Palette,
) -> np.ndarray:
    """Draws photo, true labels, labels, errors and a legend in a row.

    Args:
        image: uint8 `(height, width, 3)`.
        truth: uint8 `(height, width)`, 255 where unknown.
        labels: uint8 `(height, width)`.
        class_names: one for each class.
        palette: red, green and blue of each class, 0 to 255.

    Returns:
        uint8 `(height, width, 3)`.
    """
    known = truth != IGNORE_LABEL
    right = np.mean(truth[known] == labels[known]) if known.any() else None
    score = "nothing known" if right is None else f"{100 * right:.1f} % right"
    return side_by_side(
        [
            image,
            label_colors(truth, palette),
            label_colors(labels, palette),
            error_map(truth, labels),
            # A class that occurs only in the truth is named as well.
            legend(
                np.concatenate([truth, labels]),
                class_names,
                palette,
                fitting_text_height(image.shape[0]),
                show_shares=False,
            ),
        ],
        ["photo", "truth", "labels", f"errors ({score})", ""],
    )


def instances_strip(
    image: np.ndarray,
    labels: Sequence[np.ndarray],
    class_names: Sequence[str],
    palette: Palette,
    credit: str = "",
) -> np.ndarray:
    """Draws a photo, its labels by instance 1, 2, ..., and a legend in a row.

    Args:
        image: uint8 `(height, width, 3)`.
        labels: uint8 `(height, width)` of each instance.
        class_names: one for each class.
        palette: red, green and blue of each class, 0 to 255.
        credit: author of the photo, for its caption.

    Returns:
        uint8 `(height, width, 3)`.
    """
    return side_by_side(
        [
            image,
            *(label_colors(each, palette) for each in labels),
            legend(
                np.concatenate(labels),
                class_names,
                palette,
                fitting_text_height(image.shape[0]),
                show_shares=False,
            ),
        ],
        [
            credit or "photo",
            *(f"instance {index + 1}" for index in range(len(labels))),
            "",
        ],
    )
