"""Shapes that annotation tools draw on photos."""

import functools
import pathlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_rcnn.errors import import_extra, printable
from keras_rcnn.io.labels import IGNORE_LABEL

# Pixels: larger coordinates are taken for errors.
_MAX_COORDINATE = 100_000
# Pixels along an outline, which its drawing takes memory for.
_MAX_LENGTH = 2**22

Paint = Callable[[np.ndarray, int], None]


class Shape(NamedTuple):
    """One shape.

    Args:
        label: name that the annotator gave it.
        paint: sets the pixels of the shape in a label map, uint8 `(height,
            width)`, to a label; raises `ValueError` if the shape is broken.
    """

    label: str
    paint: Paint


def draw_shapes(
    shapes: Sequence[Shape],
    size: tuple[int, int],
    label_of: Mapping[str, int],
    elsewhere: int,
) -> np.ndarray:
    """The label of each pixel, uint8 `(height, width)`.

    Args:
        shapes: later shapes cover earlier ones.
        size: height and width to draw at, in pixels.
        label_of: label of each name; pixels of other names are unknown.
        elsewhere: label of pixels outside all shapes.

    Raises:
        ValueError: if a shape is broken.
    """
    labels = np.full(size, elsewhere, np.uint8)
    for shape in shapes:
        shape.paint(labels, label_of.get(shape.label, IGNORE_LABEL))
    return labels


def label_name(label: Any) -> str:
    """The name of a label with single spaces.

    Raises:
        ValueError: if it is no text, empty, or holds control characters.
    """
    if not isinstance(label, str):
        raise ValueError(f"a label {label!r} that is no text")
    label = " ".join(label.split())
    if not label:
        raise ValueError("a shape without a label")
    if printable(label) != label:
        raise ValueError(f"a label {label!r} with control characters")
    return label


def outline(points: Any, scale: Sequence[float] = (1, 1)) -> np.ndarray:
    """Corners of an outline, float64 `(corners, 2)`, horizontal first.

    Args:
        points: distances from the left and from the top of the photo, whose
            pixels are squares of side 1.
        scale: both are multiplied by these.

    Raises:
        ValueError: if these are not at least three points near a photo, or if
            the outline is longer than the outline of any region.
    """
    corners = np.array(points, float).reshape(-1, 2) * scale
    if len(corners) < 3:
        raise ValueError(f"an outline of {len(corners)} points")
    # Also refuses NaN.
    if not (np.abs(corners) <= _MAX_COORDINATE).all():
        raise ValueError("an outline with a point far outside the photo")
    steps = np.abs(corners - np.roll(corners, 1, axis=0))
    if steps.sum() > _MAX_LENGTH:
        raise ValueError("an outline that is too long")
    return corners


def paint_outlines(
    outlines: Sequence[np.ndarray], labels: np.ndarray, label: int
) -> None:
    """Sets the pixels inside any of several outlines, drawn by pycocotools.

    Args:
        outlines: made by `outline`.
        labels: label map to paint on.
        label: what to set.

    Raises:
        InputError: if pycocotools is not installed.
    """
    coco = coco_masks()
    corners = np.concatenate(outlines)
    limits = labels.shape[::-1]
    left, top = np.clip(np.floor(corners.min(0)), 0, limits).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(0)), 0, limits).astype(int)
    area = labels[top:bottom, left:right]
    if not area.size:
        return
    rings = [(each - (left, top)).ravel().tolist() for each in outlines]
    codes = coco.frPyObjects(rings, *area.shape)
    area[coco.decode(coco.merge(codes)).astype(bool)] = label


def outlines_shape(label: Any, outlines: Sequence[np.ndarray]) -> Shape:
    """A shape of one or several outlines."""
    return Shape(
        label_name(label), functools.partial(paint_outlines, list(outlines))
    )


def relative_shape(label: Any, corners: np.ndarray) -> Shape:
    """A shape whose corners are fractions of width and height of the photo."""

    def paint(labels: np.ndarray, number: int) -> None:
        paint_outlines([outline(corners, labels.shape[::-1])], labels, number)

    return Shape(label_name(label), paint)


def mask_shape(label: Any, decode: Callable[[int, int], np.ndarray]) -> Shape:
    """A shape as large as the photo.

    Args:
        label: its name.
        decode: function of height and width in pixels that returns a bool
            mask. It is called when the shape is drawn, because masks may take
            far more memory than their code.
    """

    def paint(labels: np.ndarray, number: int) -> None:
        labels[decode(*labels.shape)] = number

    return Shape(label_name(label), paint)


def print_left_out(path: pathlib.Path, what: str, count: int) -> None:
    """Prints how many parts of a file are not used, if any."""
    if count:
        text = f"{path}: {what} are left out, {count} of them."
        print(printable(text), file=sys.stderr)


def coco_masks() -> Any:
    """The module `pycocotools.mask`.

    Raises:
        InputError: if it is not installed.
    """
    return import_extra("pycocotools.mask", "Reading outlines", "annotations")
