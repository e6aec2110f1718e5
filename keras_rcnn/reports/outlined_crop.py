"""A part of a photo to show what is in it."""

import numpy as np
from scipy import ndimage

_LEAST_SIDE = 96
_WHITE, _BLACK = 255, 0


def outlined_crop(image: np.ndarray, region: np.ndarray) -> np.ndarray:
    """The surroundings of a region, with a white and a black line around it.

    Args:
        image: uint8 `(height, width, 3)`.
        region: bool `(height, width)`, not empty.

    Returns:
        uint8 `(rows, columns, 3)`: a square around the region, twice as large
        or more if it is small, as far as the photo goes.
    """
    inner = ndimage.binary_dilation(region)
    outer = ndimage.binary_dilation(inner)
    outlined = image.copy()
    outlined[outer & ~inner] = _BLACK
    outlined[inner & ~region] = _WHITE
    rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
    extent = 1 + max(int(np.ptp(rows)), int(np.ptp(columns)))
    side = max(_LEAST_SIDE, 2 * extent)
    height, width = region.shape
    return outlined[
        _surroundings(rows, side, height), _surroundings(columns, side, width)
    ]


def _surroundings(places: np.ndarray, side: int, size: int) -> slice:
    """So many places around the middle of those given, as there are."""
    side = min(side, size)
    middle = (int(places[0]) + int(places[-1]) + 1) // 2
    start = min(max(0, middle - side // 2), size - side)
    return slice(start, start + side)
