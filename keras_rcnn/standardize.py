"""The input of every network: images of mean 0 and standard deviation 1."""

import tensorflow as tf

# A photo whose grey levels differ by less than this is one flat colour: it
# becomes zeros, not amplified noise.
SMALLEST_DEVIATION = 1.0


def statistics(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and standard deviation of each image over pixels and channels.

    Args:
        images: `(..., height, width, 3)`, grey levels from 0 to 255.

    Returns:
        Two float32 tensors `(..., 1, 1, 1)`; the deviation is at least 1.
    """
    images = tf.cast(images, tf.float32)
    mean, variance = tf.nn.moments(images, axes=(-3, -2, -1), keepdims=True)
    return mean, tf.maximum(tf.sqrt(variance), SMALLEST_DEVIATION)


def standardize(images: tf.Tensor) -> tf.Tensor:
    """Each image shifted and scaled to mean 0, deviation 1, as float32.

    Args:
        images: `(..., height, width, 3)`, grey levels from 0 to 255.
    """
    mean, deviation = statistics(images)
    return (tf.cast(images, tf.float32) - mean) / deviation
