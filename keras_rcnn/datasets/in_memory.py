"""Photos of different sizes in memory, as a `tf.data` pipeline."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets.parallel import parallel_map


def examples_in_memory(
    images: Sequence[np.ndarray],
    labels: Sequence[np.ndarray],
    names: Sequence[str],
) -> tf.data.Dataset:
    """The examples of a `SceneDataset`.

    Args:
        images: uint8 `(height, width, 3)` each.
        labels: uint8 `(height, width)` each.
        names: one for each photo.
    """
    # Tensors cannot hold different sizes, but bytes, which are unpacked below.
    encoded = tf.data.Dataset.from_tensor_slices(
        (
            [image.tobytes() for image in images],
            [label.tobytes() for label in labels],
            [label.shape for label in labels],
            list(names),
        )
    )
    return parallel_map(encoded, unpack)


def unpack(
    image: tf.Tensor, label: tf.Tensor, size: tf.Tensor, name: tf.Tensor
) -> dict[str, tf.Tensor]:
    """An example from its bytes, and its height and width."""
    shape = tf.concat([size, [3]], axis=0)
    image = tf.reshape(tf.io.decode_raw(image, tf.uint8), shape)
    label = tf.reshape(tf.io.decode_raw(label, tf.uint8), size)
    return {
        "image": tf.ensure_shape(image, (None, None, 3)),
        "label": tf.ensure_shape(label, (None, None)),
        "name": name,
    }
