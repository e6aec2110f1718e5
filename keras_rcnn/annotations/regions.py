"""Connected regions of a label map and their outlines along pixels."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from keras_rcnn.datasets.shapes import coco_masks
from keras_rcnn.errors import import_extra


class Region(NamedTuple):
    """Pixels of one label that are connected by their sides.

    Args:
        label: of all its pixels.
        polygon: a shapely Polygon along the sides of pixels, with holes. The
            upper left pixel has the corners (0, 0) and (1, 1).
    """

    label: int
    polygon: Any


def find_regions(labels: np.ndarray) -> list[Region]:
    """All regions of a label map, which together cover it.

    Args:
        labels: uint8 `(height, width)`.

    Raises:
        InputError: if shapely is not installed.
    """
    shapely = load_shapely()
    # Equal rows and columns, as in labels that were scaled up, count once.
    y, x = _changes(labels), _changes(labels.T)
    cells = labels[y[:-1]][:, x[:-1]].astype(np.int16)
    cells = np.pad(cells, 1, constant_values=-1)
    upright = cells[1:-1, 1:] != cells[1:-1, :-1]
    level = cells[1:, 1:-1] != cells[:-1, 1:-1]
    column, top, bottom = _straight(upright, level)
    row, left, right = _straight(level.T, upright.T)
    ends = [
        np.stack([x[column], y[top], x[column], y[bottom]], 1),
        np.stack([x[left], y[row], x[right], y[row]], 1),
    ]
    lines = np.concatenate(ends).reshape(-1, 2, 2).astype(float)
    faces = shapely.polygonize(shapely.linestrings(lines))
    faces = shapely.get_parts(faces)
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    left, top = inside.astype(int).T
    return [
        Region(label, face)
        for label, face in zip(labels[top, left].tolist(), faces, strict=True)
    ]


def without_holes(polygon: Any) -> Iterator[np.ndarray]:
    """Outlines, `(corners, 2)`, of parts of a polygon that have no holes.

    The polygon is cut upright through each hole, or along a narrow one.
    """
    shapely = load_shapely()
    if not polygon.interiors:
        yield np.asarray(polygon.exterior.coords)[:-1]
        return
    left, top, right, bottom = polygon.bounds
    start, _, stop, _ = polygon.interiors[0].bounds
    # Along sides of pixels, so that no decoder is in doubt about a pixel.
    middle = round((start + stop) / 2)
    for box in ((left, top, middle, bottom), (middle, top, right, bottom)):
        for part in shapely.get_parts(shapely.clip_by_rect(polygon, *box)):
            yield from without_holes(part)


def _straight(
    upright: np.ndarray, level: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Upright lines between corners of regions.

    Args:
        upright: where a cell differs from the one to its left, bool `(rows,
            columns + 1)`.
        level: where a cell differs from the one above, bool `(rows + 1,
            columns)`.

    Returns:
        Column, first row and last row of each line.
    """
    crossed = np.pad(level, ((0, 0), (1, 0))) | np.pad(level, ((0, 0), (0, 1)))
    column, top = np.nonzero((upright & crossed[:-1]).T)
    _, bottom = np.nonzero((upright & crossed[1:]).T)
    return column, top, bottom + 1


def _changes(labels: np.ndarray) -> np.ndarray:
    """Rows that differ from the row before, and the number of rows."""
    differs = (labels[1:] != labels[:-1]).any(axis=1)
    return np.r_[0, np.flatnonzero(differs) + 1, len(labels)]


def load_shapely() -> Any:
    """The module `shapely`.

    Raises:
        InputError: if it is not installed.
    """
    return import_extra("shapely", "Writing this format", "annotations")


def region_code(polygon: Any, height: int, width: int) -> dict[str, Any]:
    """COCO's compressed run-length code of a polygon."""
    coco = coco_masks()
    rings = [ring.ravel().tolist() for ring in without_holes(polygon)]
    return coco.merge(coco.frPyObjects(rings, height, width))


def region_mask(polygon: Any) -> tuple[np.ndarray, int, int]:
    """The pixels of a polygon, bool, and the left and top of their box."""
    left, top, right, bottom = map(int, polygon.bounds)
    shapely = load_shapely()
    moved = shapely.transform(polygon, lambda points: points - (left, top))
    code = region_code(moved, bottom - top, right - left)
    return coco_masks().decode(code).astype(bool), left, top
