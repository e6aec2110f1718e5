"""Which pixels are scored: every r-th of a padded photo."""

import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.models.recurrent_cnn import RecurrentCNN


def check_output_resolution(
    model: RecurrentCNN, num_instances: int, output_resolution: int
) -> int:
    """The output stride, if the resolution is one of its divisors.

    Raises:
        InputError: if it is not, naming those that are possible.
    """
    stride = model.geometry.output_stride(num_instances)
    possible = [r for r in range(1, stride + 1) if stride % r == 0]
    if output_resolution not in possible:
        raise InputError(
            f"Output resolution {output_resolution} is not possible with "
            f"{num_instances} instance(s) of this network: choose one of "
            f"{', '.join(map(str, possible))}."
        )
    return stride


def pad_for_all_pixels(
    images: tf.Tensor, model: RecurrentCNN, num_instances: int
) -> tf.Tensor:
    """Zeros around the images, so that each pixel has a patch.

    At the bottom and right as many more as fill the last cell of the output
    stride; what is scored there is cut off by `crop_grid`.

    Args:
        images: standardised, `(batch, height, width, 3)`.
        model: the network.
        num_instances: instances to apply.
    """
    padding = model.geometry.padding(num_instances)
    stride = model.geometry.output_stride(num_instances)
    shape = tf.shape(images)
    after = [
        padding + stride - 1 - (shape[axis] - 1) % stride for axis in (1, 2)
    ]
    return tf.pad(
        images, [[0, 0], [padding, after[0]], [padding, after[1]], [0, 0]]
    )


def crop_grid(
    scores: tf.Tensor, shape: tf.Tensor, output_resolution: int
) -> tf.Tensor:
    """The scores of pixels 0, r, 2r, ... that lie inside the images.

    Args:
        scores: `(batch, rows, columns, classes)`, rows and columns at least
            as many as are kept.
        shape: of the images.
        output_resolution: r, pixels from one score to the next.
    """
    rows, columns = (
        (shape[axis] - 1) // output_resolution + 1 for axis in (1, 2)
    )
    return scores[:, :rows, :columns]
