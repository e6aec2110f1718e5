"""The input of every network: images of mean 0 and standard deviation 1.

Sums over the pixels are whole numbers of 64 bits, hence exact: an image has
the same mean and deviation to the last bit whether it is seen whole or strip
by strip.
"""

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

# A photo whose gray levels differ by less than this is one flat color: it
# becomes zeros, not amplified noise.
SMALLEST_DEVIATION = 1.0


def statistics(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and standard deviation of each image over pixels and channels.

    Args:
        images: uint8 `(..., height, width, 3)`.

    Returns:
        Two float32 tensors `(..., 1, 1, 1)`; the deviation is at least 1.

    Raises:
        ValueError: if the images are no whole numbers.
    """
    images = tf.convert_to_tensor(images)
    if not images.dtype.is_integer:
        raise ValueError(f"The images are {images.dtype.name}: give uint8.")
    levels = tf.cast(images, tf.int64)
    axes = (-3, -2, -1)
    return _mean_and_deviation(
        tf.reduce_prod(tf.shape(images, tf.int64)[-3:]),
        tf.reduce_sum(levels, axes, keepdims=True),
        tf.reduce_sum(levels * levels, axes, keepdims=True),
    )


def statistics_of_strips(
    strips: Iterable[np.ndarray],
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and standard deviation of an image that comes in strips.

    Args:
        strips: uint8 `(rows, width, 3)` each, together the whole image.

    Returns:
        Two float32 tensors `(1, 1, 1)`, those that `statistics` gives for
        the whole image.
    """
    counts = np.zeros(256, np.int64)
    for strip in strips:
        counts += np.bincount(strip.reshape(-1), minlength=256)
    levels = np.arange(256)
    sums = counts.sum(), counts @ levels, counts @ levels**2
    count, total, squares = (tf.constant(value, tf.int64) for value in sums)
    return _mean_and_deviation(
        count, *(tf.reshape(value, (1, 1, 1)) for value in (total, squares))
    )


def float_statistics(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """What `statistics` gives, but for rounding, without large numbers.

    Some engines compute all whole numbers in 32 bits, which the sum of the
    squares of a photo exceeds.
    """
    levels = tf.cast(images, tf.float32)
    guess = _mean_row_by_row(levels)
    levels -= guess
    rest = _mean_row_by_row(levels)
    variance = _mean_row_by_row(tf.square(levels)) - tf.square(rest)
    deviation = tf.sqrt(tf.maximum(variance, SMALLEST_DEVIATION**2))
    return guess + rest, deviation


def _mean_row_by_row(values: tf.Tensor) -> tf.Tensor:
    # Shorter sums lose less.
    rows = tf.reduce_mean(values, axis=(-2, -1), keepdims=True)
    return tf.reduce_mean(rows, axis=-3, keepdims=True)


def _mean_and_deviation(
    count: tf.Tensor, total: tf.Tensor, squares: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """From how many values there are, their sum and that of their squares."""
    values = tf.cast(count, tf.float32)
    # Both are taken about the whole number next to the mean, still exactly:
    # float32 would lose a small variance in the difference of large squares.
    about = tf.cast(tf.round(tf.cast(total, tf.float32) / values), tf.int64)
    squares -= about * (2 * total - about * count)
    rest = tf.cast(total - about * count, tf.float32) / values
    variance = tf.cast(squares, tf.float32) / values - rest * rest
    return (
        tf.cast(about, tf.float32) + rest,
        tf.maximum(tf.sqrt(variance), SMALLEST_DEVIATION),
    )


def standardize(
    images: tf.Tensor,
    mean: tf.Tensor | None = None,
    deviation: tf.Tensor | None = None,
) -> tf.Tensor:
    """Images shifted and scaled to mean 0, deviation 1, as float32.

    Args:
        images: uint8 `(..., height, width, 3)`.
        mean: of the whole images that these are parts of; each one's own if
            not given.
        deviation: likewise.
    """
    if mean is None or deviation is None:
        mean, deviation = statistics(images)
    return (tf.cast(images, tf.float32) - mean) / deviation
