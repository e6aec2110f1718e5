"""Regions found band by band equal the regions of the whole label map."""

import numpy as np
import pytest

from keras_rcnn.annotations.regions import find_regions
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.maps.region_stream import RegionStream

shapely = pytest.importorskip("shapely")
pytestmark = pytest.mark.extras(name="maps")


def outlines(regions):
    return sorted(
        (
            region.label,
            shapely.normalize(
                shapely.Polygon(
                    corners(region.polygon.exterior),
                    [corners(hole) for hole in region.polygon.interiors],
                )
            ).wkt,
        )
        for region in regions
    )


def corners(ring):
    """Points of a ring at which it turns."""
    points = list(ring.coords)[:-1]
    around = zip(
        points[-1:] + points[:-1], points, points[1:] + points[:1], strict=True
    )
    return [
        point
        for before, point, after in around
        if before[0] != after[0] and before[1] != after[1]
    ]


@pytest.mark.parametrize("classes", [1, 2, 5])
@pytest.mark.parametrize("seed", range(4))
def test_bands_of_any_height(classes, seed):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 30, 2)
    labels = rng.integers(0, classes, (height, width), np.uint8)
    labels[rng.random(labels.shape) < 0.1] = IGNORE_LABEL
    stream = RegionStream(width)
    found = []
    top = 0
    while top < height:
        bottom = min(top + int(rng.integers(1, 7)), height)
        found += stream.append(labels[top:bottom], bottom == height)
        top = bottom
    whole = [r for r in find_regions(labels) if r.label != IGNORE_LABEL]
    assert all(region.polygon.is_valid for region in found)
    assert outlines(found) == outlines(whole)
    assert all(
        corners(region.polygon.exterior)
        == list(region.polygon.exterior.coords)[:-1]
        for region in found
    )


def test_a_ring_is_given_at_its_last_row_and_what_it_holds_before():
    labels = np.array(
        [[1, 1, 1, 1], [1, 0, 2, 1], [1, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]],
        np.uint8,
    )
    stream = RegionStream(4)
    given = [
        [(r.label, r.polygon.area) for r in stream.append(row[None], last)]
        for row, last in zip(labels, [0, 0, 0, 0, 1], strict=True)
    ]
    assert given == [[], [], [(2, 1.0)], [(0, 2.0)], [(1, 13.0), (0, 4.0)]]
