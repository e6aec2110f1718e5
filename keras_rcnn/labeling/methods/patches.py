"""The definition of labeling: one patch for each pixel."""

import tensorflow as tf

from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.labeling.methods.grid import (
    check_output_resolution,
    pad_for_all_pixels,
    scored_size,
)
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

PATCHES_A_PASS = 64


def score_patches(
    model: RecurrentCNN,
    images: tf.Tensor,
    num_instances: int,
    output_resolution: int = 1,
    margins: tf.Tensor | None = None,
) -> tf.Tensor:
    """Scores every `output_resolution`-th pixel by the patch around it.

    It is thousands of times slower than `score_fragments`. It has the
    arguments, the result and the errors of `score_shifts`.

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, section 3.2.
    """
    check_output_resolution(model, num_instances, output_resolution)
    size = model.geometry.receptive_field(num_instances)
    padded = pad_for_all_pixels(images, model, num_instances, margins)
    batch = tf.shape(images)[0]
    height, width = tf.unstack(scored_size(images, margins))
    rows = tf.range(0, height, output_resolution)
    columns = tf.range(0, width, output_resolution)
    corners = tf.reshape(
        tf.stack(
            tf.meshgrid(tf.range(batch), rows, columns, indexing="ij"), -1
        ),
        (-1, 3),
    )

    def cut(corner: tf.Tensor) -> tf.Tensor:
        index, top, left = tf.unstack(corner)
        return padded[index, top : top + size, left : left + size]

    def score(corners: tf.Tensor) -> tf.Tensor:
        cuts = tf.map_fn(
            cut,
            corners,
            fn_output_signature=tf.TensorSpec((None, None, 3), images.dtype),
        )
        planes = model(
            tf.ensure_shape(cuts, (None, size, size, 3)),
            num_instances=num_instances,
        )
        scores = planes[instance_name(num_instances)][:, 0, 0]
        return tf.cast(scores, tf.float32)

    scores = tf.TensorArray(
        tf.float32, size=0, dynamic_size=True, infer_shape=False
    )
    count = tf.shape(corners)[0]
    passes = -(-count // PATCHES_A_PASS)

    def add(index: tf.Tensor, scores: tf.TensorArray) -> tuple:
        first = index * PATCHES_A_PASS
        some = corners[first : first + PATCHES_A_PASS]
        return index + 1, scores.write(index, score(some))

    _, scores = tf.while_loop(lambda index, _: index < passes, add, (0, scores))
    return tf.reshape(
        scores.concat(),
        (batch, tf.size(rows), tf.size(columns), model.num_classes),
    )
