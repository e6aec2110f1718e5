"""Areas in the units of coordinate reference systems."""

import numpy as np
import pytest

from keras_rcnn.maps.areas import area_in

pytestmark = pytest.mark.extras(name="maps")


def box(left, top, right, bottom):
    import shapely

    return shapely.box(left, top, right, bottom)


def test_square_units_of_projected_systems():
    import rasterio

    transform = rasterio.Affine(3, 4, 0, 4, -3, 0)
    for crs, unit in (
        ("EPSG:32632", "square meters"),
        ("EPSG:2263", "squares of 1 US survey foot"),
        (None, "squares of 1 unit"),
    ):
        system = crs and rasterio.CRS.from_string(crs)
        area, name = area_in(system, transform)
        assert area(box(0, 0, 2, 5)) == pytest.approx(10 * 25)
        assert name == unit


def test_degrees_give_the_integral_over_the_ellipsoid():
    import rasterio

    transform = rasterio.Affine(0.5, 0, 5, 0, -0.25, 60)
    area, name = area_in(rasterio.CRS.from_epsg(4326), transform)
    assert name == "square meters"
    ring = box(0, 0, 40, 80).difference(box(10, 20, 12, 24))
    # Radii of curvature of the meridian and of the parallel, in thin strips.
    a, e2 = 6378137.0, (2 - 1 / 298.257223563) / 298.257223563

    def strips(left, top, right, bottom):
        edges = np.radians(60 - 0.25 * np.linspace(top, bottom, 100_001))
        middle = (edges[1:] + edges[:-1]) / 2
        w = 1 - e2 * np.sin(middle) ** 2
        meridian = a * (1 - e2) / w**1.5
        parallel = a * np.cos(middle) / w**0.5
        height = np.abs(np.diff(edges))
        return (meridian * parallel * height).sum() * np.radians(
            0.5 * (right - left)
        )

    expected = strips(0, 0, 40, 80) - strips(10, 20, 12, 24)
    assert area(ring) == pytest.approx(expected, rel=1e-9)
