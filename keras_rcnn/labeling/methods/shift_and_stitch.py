"""The paper's way to score all pixels: shifted images, interleaved scores."""

import tensorflow as tf

from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.labeling.methods.grid import (
    check_output_resolution,
    crop_grid,
    pad_for_all_pixels,
    scored_size,
)
from keras_rcnn.models.recurrent_cnn import RecurrentCNN


def score_shifts(
    model: RecurrentCNN,
    images: tf.Tensor,
    num_instances: int,
    output_resolution: int = 1,
    margins: tf.Tensor | None = None,
) -> tf.Tensor:
    """Scores every `output_resolution`-th pixel.

    One forward pass scores every `output stride`-th pixel. Passes over the
    image shifted by multiples of the output resolution score the pixels
    between; there are (stride / resolution)^2 passes.

    Args:
        model: the network.
        images: standardized, `(batch, height, width, 3)`, any size.
        num_instances: number of instances to apply.
        output_resolution: pixels between scores, a divisor of the stride.
        margins: int32 `((above, below), (left, right))`, the number of pixels
            of the images that are context only and get no score; none by
            default. Zeros complete them to the padding of the network.

    Returns:
        float32 `(batch, ceil(height / r), ceil(width / r), classes)`, where
        height and width exclude the margins; row i belongs to pixel row r * i.

    Raises:
        InputError: if the resolution does not divide the output stride.

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, section 3.4.
    """
    stride = check_output_resolution(model, num_instances, output_resolution)
    shifts = stride // output_resolution
    padded = pad_for_all_pixels(images, model, num_instances, margins)
    # The last shift needs a whole image as well.
    last = stride - output_resolution
    size = tf.shape(padded)[1:3] - (stride - 1)
    padded = tf.pad(padded, [[0, 0], [0, last], [0, last], [0, 0]])

    def score(shift: tf.Tensor) -> tf.Tensor:
        top = shift // shifts * output_resolution
        left = shift % shifts * output_resolution
        image = padded[:, top : top + size[0], left : left + size[1]]
        planes = model(image, num_instances=num_instances)
        return tf.cast(planes[instance_name(num_instances)], tf.float32)

    scores = tf.map_fn(
        score,
        tf.range(shifts * shifts),
        fn_output_signature=tf.TensorSpec(
            (None, None, None, model.num_classes), tf.float32
        ),
        parallel_iterations=1,
    )
    return crop_grid(
        _interleave(scores, shifts),
        scored_size(images, margins),
        output_resolution,
    )


def _interleave(scores: tf.Tensor, shifts: int) -> tf.Tensor:
    """Joins (shifts^2, batch, rows, columns, classes) to one plane a class."""
    _, batch, rows, columns, classes = tf.unstack(tf.shape(scores))
    scores = tf.reshape(scores, (shifts, shifts, batch, rows, columns, classes))
    scores = tf.transpose(scores, (2, 3, 0, 4, 1, 5))
    return tf.reshape(scores, (batch, rows * shifts, columns * shifts, classes))
