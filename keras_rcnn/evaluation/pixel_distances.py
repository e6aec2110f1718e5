"""Distances of pixels to class boundaries and to the border of the photo."""

import numpy as np

from keras_rcnn.errors import missing_extra
from keras_rcnn.io.labels import IGNORE_LABEL

try:
    from scipy import ndimage
except ModuleNotFoundError:
    ndimage = None


def boundary_distances(labels: np.ndarray) -> np.ndarray:
    """Distance of each pixel to the nearest pixel of another class, in pixels.

    Neither unknown pixels nor the border of the photo count as another class.

    Args:
        labels: uint8 `(height, width)`, 255 where unknown.

    Returns:
        float64 `(height, width)`, Euclidean: 1 next to another class, infinite
        if there is no other class, NaN where unknown.

    Raises:
        InputError: if SciPy is not installed.

    >>> boundary_distances(np.array([[3, 3, 7, 255, 7]], np.uint8))
    array([[ 2.,  1.,  1., nan,  3.]])
    """
    if ndimage is None:
        raise missing_extra("The analysis of errors", "reports")
    distances = np.full(labels.shape, np.nan)
    known = labels != IGNORE_LABEL
    for value in np.unique(labels[known]):
        own = labels == value
        others = known & ~own
        if others.any():
            distances[own] = ndimage.distance_transform_edt(~others)[own]
        else:
            distances[own] = np.inf
    return distances


def border_distances(height: int, width: int) -> np.ndarray:
    """Distance of each pixel to the outside of the photo, in pixels.

    Returns:
        int64 `(height, width)`, 1 for the outermost pixels.

    >>> border_distances(3, 4)
    array([[1, 1, 1, 1],
           [1, 2, 2, 1],
           [1, 1, 1, 1]])
    """
    rows, columns = np.arange(1, height + 1), np.arange(1, width + 1)
    return np.minimum.outer(
        np.minimum(rows, rows[::-1]), np.minimum(columns, columns[::-1])
    )
