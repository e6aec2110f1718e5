"""Areas of polygons in the units of a coordinate reference system."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_rcnn.io.gdal import on_earth

Area = Callable[[Any], float]


def area_in(crs: Any, transform: Any) -> tuple[Area, str]:
    """A function for areas, and the name of their unit.

    In a projected system, areas are in its square units. In a geographic
    system, whose square degrees differ in size, they are in square meters on
    its ellipsoid, exactly where the sides of pixels are parallels and
    meridians. Without a system, they are in square units of the transform.

    Args:
        crs: rasterio's coordinate reference system of a map, or None.
        transform: of the map.

    Returns:
        A function of a shapely Polygon in pixels, and its unit.
    """
    if crs is not None and crs.is_geographic:
        return _on_ellipsoid(crs, transform), "square meters"
    pixel = abs(transform.determinant)
    name, factor = crs.linear_units_factor if crs else ("unit", None)
    unit = "square meters" if factor == 1 else f"squares of 1 {name}"
    return lambda polygon: polygon.area * pixel, unit


def _on_ellipsoid(crs: Any, transform: Any) -> Area:
    """Areas between parallels and meridians of the ellipsoid.

    Reference:
        Snyder, Map projections: a working manual, USGS Professional Paper
        1395, 1987, equation 3-12: half of a^2 q is the area between the
        equator and a parallel, for each radian of longitude.
    """
    found = re.search(
        r'(?:ELLIPSOID|SPHEROID)\["[^"]*",\s*([\d.]+),\s*([\d.]+)', crs.to_wkt()
    )
    radius, inverse = map(float, found.groups()) if found else (6378137.0, 0.0)
    flattening = 1 / inverse if inverse else 0.0
    squared = flattening * (2 - flattening)
    eccentricity = squared**0.5
    radians = crs.units_factor[1]

    def authalic(latitude: np.ndarray) -> np.ndarray:
        sine = np.sin(latitude)
        if not eccentricity:
            return 2 * sine
        scaled = eccentricity * sine
        return (1 - squared) * (
            sine / (1 - scaled**2) + np.arctanh(scaled) / eccentricity
        )

    def ring_area(ring: Any) -> float:
        column, row = np.asarray(ring.coords).T
        longitude, latitude = on_earth(transform, column, row)
        heights = authalic(radians * latitude)
        means = (heights[1:] + heights[:-1]) / 2
        total = float(means @ np.diff(radians * longitude))
        return abs(total) * radius**2 / 2

    def area(polygon: Any) -> float:
        holes = sum(map(ring_area, polygon.interiors))
        return ring_area(polygon.exterior) - holes

    return area
