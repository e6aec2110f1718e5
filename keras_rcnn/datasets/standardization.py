"""Standardized images, mean 0 and standard deviation 1: the networks' input.

Sums over the pixels are 64-bit integers and therefore exact. An image has the
same mean and standard deviation to the last bit whether it is processed as a
whole or in strips.
"""

import tensorflow as tf

from keras_rcnn.datasets.strip_statistics import MIN_STD


def statistics(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and standard deviation of each image over pixels and channels.

    Args:
        images: uint8 `(..., height, width, 3)`.

    Returns:
        Two float32 tensors `(..., 1, 1, 1)`. The standard deviation is at
        least 1.

    Raises:
        ValueError: if the images are not integers.
    """
    images = tf.convert_to_tensor(images)
    if not images.dtype.is_integer:
        raise ValueError(f"The images are {images.dtype.name}: give uint8.")
    levels = tf.cast(images, tf.int64)
    axes = (-3, -2, -1)
    return _mean_and_std(
        tf.reduce_prod(tf.shape(images, tf.int64)[-3:]),
        tf.reduce_sum(levels, axes, keepdims=True),
        tf.reduce_sum(levels * levels, axes, keepdims=True),
    )


def float_statistics(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The result of `statistics`, up to rounding, in float32 arithmetic.

    For engines that compute all integers in 32 bits, which is too little for
    the sum of the squared pixels of a photo.
    """
    levels = tf.cast(images, tf.float32)
    guess = _mean_row_by_row(levels)
    levels -= guess
    rest = _mean_row_by_row(levels)
    variance = _mean_row_by_row(tf.square(levels)) - tf.square(rest)
    std = tf.sqrt(tf.maximum(variance, MIN_STD**2))
    return guess + rest, std


def _mean_row_by_row(values: tf.Tensor) -> tf.Tensor:
    # Shorter sums have smaller rounding errors.
    rows = tf.reduce_mean(values, axis=(-2, -1), keepdims=True)
    return tf.reduce_mean(rows, axis=-3, keepdims=True)


def _mean_and_std(
    count: tf.Tensor, total: tf.Tensor, squares: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and standard deviation from count, sum and sum of squares."""
    values = tf.cast(count, tf.float32)
    # Both sums are shifted by the integer nearest to the mean, still exactly.
    # Without the shift, float32 would cancel a small variance to nothing.
    about = tf.cast(tf.round(tf.cast(total, tf.float32) / values), tf.int64)
    squares -= about * (2 * total - about * count)
    rest = tf.cast(total - about * count, tf.float32) / values
    variance = tf.cast(squares, tf.float32) / values - rest * rest
    return (
        tf.cast(about, tf.float32) + rest,
        tf.maximum(tf.sqrt(variance), MIN_STD),
    )


def standardize(
    images: tf.Tensor,
    mean: tf.Tensor | None = None,
    std: tf.Tensor | None = None,
) -> tf.Tensor:
    """Images as float32, with mean 0 and standard deviation 1.

    Args:
        images: uint8 `(..., height, width, 3)`.
        mean: mean to subtract; by default that of each image. For parts of an
            image, give that of the whole image.
        std: standard deviation to divide by, in the same way.
    """
    if mean is None or std is None:
        mean, std = statistics(images)
    return (tf.cast(images, tf.float32) - mean) / std
