"""All offsets of each pooling as a batch: every partial result once."""

import functools
import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf
from keras import ops

from keras_rcnn.labeling.grid import (
    check_output_resolution,
    crop_grid,
    pad_for_all_pixels,
    scored_size,
)
from keras_rcnn.layers.conv_stack import max_pool
from keras_rcnn.models.recurrent_cnn import RecurrentCNN, instance_name


def fragments(
    model: RecurrentCNN,
    images: tf.Tensor,
    num_instances: int,
    output_resolution: int = 1,
    margins: tf.Tensor | None = None,
) -> tf.Tensor:
    """Scores of every `output_resolution`-th pixel, equal to the patches'.

    A pooling by d keeps one of d x d offsets. Here each of them that leads to
    a pixel asked for becomes a fragment, one more entry of the batch, and the
    layers above go on with all fragments; the recurrence does so with score
    planes and scaled image alike. At the end the fragments interleave.

    Arguments, result and errors are those of `shift_and_stitch`.

    Reference:
        Giusti et al., "Fast image scanning with deep max-pooling
        convolutional neural networks", arXiv:1302.1700; Li, Zhao & Wang,
        "Highly efficient forward and backward propagation of convolutional
        neural networks for pixelwise classification", arXiv:1412.4526.
    """
    check_output_resolution(model, num_instances, output_resolution)
    plan = _Plan(model, num_instances, output_resolution)
    padded = pad_for_all_pixels(images, model, num_instances, margins)
    planes = model.recur(
        padded, num_instances, plan.scale_image, pool=plan.pool
    )
    scores = tf.cast(planes[instance_name(num_instances)], tf.float32)
    return crop_grid(
        plan.interleave(scores),
        scored_size(images, margins),
        output_resolution,
    )


def offsets_kept(
    model: RecurrentCNN, num_instances: int, output_resolution: int
) -> list[int]:
    """How many offsets along an axis each pooling keeps, bottom to top."""
    plan = _Plan(model, num_instances, output_resolution)
    return [
        size // step
        for size, step in zip(plan.pool_sizes, plan.steps, strict=True)
    ]


class _Plan:
    """Which offsets every pooling keeps, bottom to top.

    Offsets o_1, o_2, ... of poolings d_1, d_2, ... belong to the pixel
    o_1 + d_1 * (o_2 + d_2 * (...)). As long as the resolution has factors in
    common with them, poolings keep only every `step`-th offset; `thinning`
    is what is left over, to be dropped from the result.
    """

    def __init__(
        self, model: RecurrentCNN, num_instances: int, resolution: int
    ) -> None:
        self.model = model
        sizes = [
            stage.pool_size
            for stage in model.conv_stack.stages
            if stage.pool_size > 1
        ]
        self.poolings_an_instance = len(sizes)
        self.pool_sizes = sizes * num_instances
        self.steps: list[int] = []
        remaining = resolution
        for size in self.pool_sizes:
            step = math.gcd(remaining, size)
            remaining = remaining // step if step == size else 1
            self.steps.append(step)
        self.thinning = resolution // math.prod(self.steps)
        self._next_step = iter(self.steps)

    def pool(self, planes: Any, pool_size: int) -> Any:
        """Pools at all kept offsets of the next pooling, along the batch."""
        return _at_offsets(
            planes,
            range(0, pool_size, next(self._next_step)),
            lambda part: max_pool(part, pool_size),
        )

    def scale_image(self, images: Any, instance: int) -> Any:
        """The image averaged for every fragment of an instance's planes."""
        offset = self.model.geometry.image_offset(instance)
        stride = self.model.geometry.output_stride(instance)
        parts = ops.average_pool(
            images[:, offset:, offset:], stride, strides=1, padding="valid"
        )
        for index in range(instance * self.poolings_an_instance):
            size = self.pool_sizes[index]
            parts = _at_offsets(
                parts,
                range(0, size, self.steps[index]),
                functools.partial(_every, size),
            )
        return parts

    def interleave(self, scores: tf.Tensor) -> tf.Tensor:
        """Fragments `(offsets * batch, ...)` back to one plane a class."""
        for size, step in zip(
            reversed(self.pool_sizes), reversed(self.steps), strict=True
        ):
            kept = size // step
            _, rows, columns, classes = tf.unstack(tf.shape(scores))
            scores = tf.reshape(
                scores, (kept, kept, -1, rows, columns, classes)
            )
            scores = tf.transpose(scores, (2, 3, 0, 4, 1, 5))
            scores = tf.reshape(
                scores, (-1, rows * kept, columns * kept, classes)
            )
        return _every(self.thinning, scores)


def _at_offsets(
    planes: Any, offsets: range, reduce: Callable[[Any], Any]
) -> Any:
    """`reduce` of the planes at each offset, all of one size, as a batch."""
    height, width = (tf.shape(planes)[axis] - offsets[-1] for axis in (1, 2))
    return tf.concat(
        [
            reduce(planes[:, row : row + height, column : column + width])
            for row in offsets
            for column in offsets
        ],
        axis=0,
    )


def _every(step: int, planes: Any) -> Any:
    return planes[:, ::step, ::step]
