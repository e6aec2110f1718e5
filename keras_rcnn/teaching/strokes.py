"""Strokes of a brush, drawn into the mask of a photo."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL

MAX_POINTS = 20_000


class Stroke(NamedTuple):
    """A line of a brush, or an area with a class.

    Args:
        points: x and y in pixels of the photo, in the order of the movement.
        size: width of the brush in pixels.
        label: number of the class, or `IGNORE_LABEL` to erase.
        is_area: whether the points are the corners of an area to fill.
    """

    points: Sequence[tuple[float, float]]
    size: float
    label: int = IGNORE_LABEL
    is_area: bool = False


def draw_stroke(mask: np.ndarray, stroke: Stroke) -> np.ndarray:
    """A mask with one more stroke.

    Args:
        mask: uint8 `(height, width)`.
        stroke: to draw; parts outside the photo are left out.

    Raises:
        InputError: if the stroke has no points or far too many.
    """
    if not 0 < len(stroke.points) <= MAX_POINTS:
        raise InputError(
            f"A stroke of {len(stroke.points)} points cannot be drawn: give 1 "
            f"to {MAX_POINTS}."
        )
    picture = Image.fromarray(mask)
    draw = ImageDraw.Draw(picture)
    # Pillow takes minutes for lines that are far longer than the photo.
    side = max(mask.shape)
    points = list(map(tuple, np.clip(stroke.points, -side, 2 * side).tolist()))
    if stroke.is_area and len(points) > 2:
        draw.polygon(points, fill=stroke.label)
        return np.array(picture)
    radius = min(max(stroke.size, 1), side) / 2
    draw.line(points, stroke.label, round(2 * radius), "curve")
    # A line of n pixels has n pixels, a circle from 0 to n has one more.
    radius -= 0.5
    for x, y in (points[0], points[-1]):
        box = x - radius, y - radius, x + radius, y + radius
        draw.ellipse(box, fill=stroke.label)
    return np.array(picture)
