"""Photos and probabilities at other sizes, in NumPy."""

import numpy as np


def resize_smoothly(planes: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resizes bilinearly; smaller results are averages, without aliasing.

    Every sum has the order of TensorFlow's `tf.image.resize(...,
    antialias=True)`, so the results are the same to the last bit.

    Args:
        planes: `(batch, rows, columns, channels)`.
        height: of the result, in pixels.
        width: of the result, in pixels.

    Returns:
        float32 `(batch, height, width, channels)`.
    """
    planes = planes.astype(np.float32)
    return _along(_along(planes, height, axis=1), width, axis=2)


def _along(planes: np.ndarray, size: int, axis: int) -> np.ndarray:
    pixels, weights = _taps(planes.shape[axis], size)
    shape = list(planes.shape)
    shape[axis] = size
    total = np.zeros(shape, np.float32)
    for index, weight in zip(pixels.T, weights.T, strict=True):
        along = weight[:, np.newaxis] if axis == 2 else weight[:, None, None]
        total += np.take(planes, index, axis) * along
    return total


def _taps(length: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixels that each result is a sum of, and their weights.

    The weights fall linearly to 0 at the distance of `reach` pixels.

    Args:
        length: number of pixels of an axis.
        size: number of pixels of the result.

    Returns:
        Two arrays `(size, maximum number of pixels)`.
    """
    one, half = np.float32(1), np.float32(0.5)
    step = one / (np.float32(size) / np.float32(length))
    reach = max(step, one)
    center = (np.arange(size, dtype=np.float32) + half) * step
    first = np.ceil(center - reach - half).astype(int).clip(0, length - 1)
    last = np.floor(center + reach - half).astype(int).clip(0, length - 1)
    pixels = first[:, None] + np.arange((last - first).max() + 1)
    distance = pixels.astype(np.float32) + half - center[:, None]
    weights = np.maximum(one - np.abs(distance * (one / reach)), 0)
    weights *= pixels <= last[:, None]
    # `cumsum` adds one by one; `sum` would add in another order.
    weights *= one / weights.cumsum(axis=1, dtype=np.float32)[:, -1:]
    return pixels.clip(max=length - 1), weights
