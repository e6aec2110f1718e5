"""The grid of scored pixels: every r-th pixel of a padded photo."""

import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

MAX_SMOOTHING = 15


def check_output_resolution(
    model: RecurrentCNN, num_instances: int, output_resolution: int
) -> int:
    """Returns the output stride if the resolution divides it.

    Raises:
        InputError: if it does not; the message lists the possible ones.
    """
    model.choose(num_instances, output_resolution)
    return model.geometry.output_stride(num_instances)


def check_smoothing(smoothing: int) -> None:
    """Refuses squares without a center pixel, and squares that blur outlines.

    Raises:
        InputError: with the possible values.
    """
    if smoothing not in range(1, MAX_SMOOTHING + 1, 2):
        raise InputError(
            f"Smoothing over {smoothing}x{smoothing} pixels is not possible: "
            f"choose an odd number from 1 to {MAX_SMOOTHING}."
        )


def scored_size(images: tf.Tensor, margins: tf.Tensor | None) -> tf.Tensor:
    """Returns height and width, int32 `(2,)`, without the margins."""
    size = tf.shape(images)[1:3]
    return size if margins is None else size - tf.reduce_sum(margins, axis=1)


def pad_for_all_pixels(
    images: tf.Tensor,
    model: RecurrentCNN,
    num_instances: int,
    margins: tf.Tensor | None = None,
) -> tf.Tensor:
    """Pads images with zeros, so that each scored pixel has a patch.

    At the bottom and at the right, more zeros complete the last cell of the
    output stride; `crop_grid` removes the scores of these pixels.

    Args:
        images: standardized, `(batch, height, width, 3)`.
        model: the network.
        num_instances: number of instances to apply.
        margins: int32 `((above, below), (left, right))`, number of pixels
            that are context only, at most the padding; none by default.
    """
    padding = model.geometry.padding(num_instances)
    stride = model.geometry.output_stride(num_instances)
    # Engines differ in the remainder of a negative number.
    fill = stride - 1 - (scored_size(images, margins) - 1) % stride
    zeros = [[padding, padding + fill[axis]] for axis in (0, 1)]
    if margins is not None:
        zeros = tf.unstack(zeros - margins)
    return tf.pad(images, [[0, 0], *zeros, [0, 0]])


def crop_grid(
    scores: tf.Tensor, size: tf.Tensor, output_resolution: int
) -> tf.Tensor:
    """Returns the scores of pixels 0, r, 2r, ... inside the images.

    Args:
        scores: `(batch, rows, columns, classes)`, with at least as
            many rows and columns as are kept.
        size: height and width of the images, see `scored_size`.
        output_resolution: r, pixels from one score to the next.
    """
    rows, columns = tf.unstack((size - 1) // output_resolution + 1)
    return scores[:, :rows, :columns]
