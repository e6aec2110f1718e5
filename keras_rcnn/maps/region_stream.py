"""Connected regions of a label map that is given in bands."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_rcnn.annotations.regions import Region, find_regions, load_shapely
from keras_rcnn.io.labels import IGNORE_LABEL


class RegionStream:
    """Finds the regions of known labels of a map, band by band.

    A region is given as soon as no later row can belong to it, so that only
    the outlines of the regions that reach the last row are in memory.

    Args:
        width: of the map, in pixels.

    Raises:
        InputError: if shapely is not installed.
    """

    def __init__(self, width: int) -> None:
        self._shapely = load_shapely()
        self._top = 0
        # Label and group of each pixel of the last row.
        self._labels = np.full(width, IGNORE_LABEL, np.uint8)
        self._groups = np.full(width, -1)
        # Parts of the regions that reach it, by group.
        self._open: dict[int, list[Region]] = {}
        self._next_group = 0

    def append(
        self, labels: np.ndarray, is_last: bool = False
    ) -> Iterator[Region]:
        """Takes the next rows and yields the regions that are complete.

        Args:
            labels: uint8 `(rows, width)`.
            is_last: whether no rows follow.
        """
        parts = [r for r in find_regions(labels) if r.label != IGNORE_LABEL]
        first = self._next_group
        self._next_group += len(parts)
        polygons = np.array([part.polygon for part in parts], object)
        moved = self._shapely.transform(
            polygons, lambda points: np.add(points, (0, self._top))
        )
        for index, (part, polygon) in enumerate(
            zip(parts, moved, strict=True), first
        ):
            self._open[index] = [Region(part.label, polygon)]
        upper = self._owners(moved, self._top, first)
        self._top += len(labels)
        lower = self._owners(moved, self._top, first)
        group_of = self._join(upper, labels[0])
        self._labels = labels[-1].copy()
        self._groups = np.array([group_of.get(i, i) for i in lower.tolist()])
        ends = set() if is_last else set(self._groups.tolist())
        for group in sorted(self._open.keys() - ends):
            yield self._whole(self._open.pop(group))

    def _owners(self, polygons: np.ndarray, row: int, first: int) -> np.ndarray:
        """Group of the polygon that has each side of pixels along a line."""
        owners = np.full(len(self._labels), -1)
        outlines = self._shapely.get_exterior_ring(polygons)
        points, index = self._shapely.get_coordinates(
            outlines, return_index=True
        )
        on_line = points[:, 1] == row
        sides = on_line[1:] & on_line[:-1] & (index[1:] == index[:-1])
        for side in np.flatnonzero(sides).tolist():
            left, right = sorted(points[side : side + 2, 0].astype(int))
            owners[left:right] = first + index[side]
        return owners

    def _join(self, upper: np.ndarray, labels: np.ndarray) -> dict[int, int]:
        """Joins groups that touch at the line between two bands.

        Returns:
            The new group of each group that was joined to another one.
        """
        same = (labels == self._labels) & (self._groups >= 0) & (upper >= 0)
        pairs = np.unique(
            np.stack([self._groups[same], upper[same]], axis=1), axis=0
        )
        moved: dict[int, int] = {}

        def find(group: int) -> int:
            while group in moved:
                group = moved[group]
            return group

        for pair in pairs.tolist():
            one, other = map(find, pair)
            if one == other:
                continue
            # The longer list stays, so that few parts are copied.
            if len(self._open[one]) < len(self._open[other]):
                one, other = other, one
            self._open[one] += self._open.pop(other)
            moved[other] = one
        return {group: find(group) for group in moved}

    def _whole(self, parts: list[Region]) -> Region:
        union = parts[0].polygon
        if len(parts) > 1:
            union = self._shapely.union_all([part.polygon for part in parts])
        rings = [union.exterior, *union.interiors]
        outline, *holes = map(corners, rings)
        return Region(parts[0].label, self._shapely.Polygon(outline, holes))


def corners(ring: Any) -> np.ndarray:
    """The corners of a ring along pixels, `(corners, 2)`.

    Points on straight lines, where bands or other regions meet, are left out.
    """
    points = np.asarray(ring.coords)[:-1]
    before, after = np.roll(points, 1, 0), np.roll(points, -1, 0)
    straight = ((before == points) & (points == after)).any(axis=1)
    return points[~straight]
