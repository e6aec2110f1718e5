"""Mean and standard deviation of images in strips, in NumPy."""

from collections.abc import Iterable

import numpy as np

# Gray levels. A photo of a single color becomes zeros, not amplified noise.
MIN_STD = 1.0


def statistics_of_strips(
    strips: Iterable[np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of an image that is given in strips.

    Args:
        strips: uint8 `(..., 3)` each, together the pixels of the image.

    Returns:
        Two float32 arrays `(1, 1, 1)`, equal to the result of
        `standardization.statistics` for the whole image: the steps are the
        same, and each rounds in the same way.
    """
    counts = np.zeros(256, np.int64)
    for strip in strips:
        counts += np.bincount(strip.reshape(-1), minlength=256)
    levels = np.arange(256)
    count, total, squares = counts.sum(), counts @ levels, counts @ levels**2
    values = np.float32(count)
    about = np.round(np.float32(total) / values).astype(np.int64)
    squares -= about * (2 * total - about * count)
    rest = np.float32(total - about * count) / values
    variance = np.float32(squares) / values - rest * rest
    mean = np.float32(about) + rest
    std = np.maximum(np.sqrt(variance), np.float32(MIN_STD))
    return mean.reshape(1, 1, 1), std.reshape(1, 1, 1)
