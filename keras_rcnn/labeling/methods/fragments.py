"""All offsets of each pooling as a batch: every partial result once."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf
from keras import ops

from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.labeling.methods.constant_margin import ConstantMargin
from keras_rcnn.labeling.methods.grid import (
    check_output_resolution,
    crop_grid,
    pad_for_all_pixels,
    scored_size,
)
from keras_rcnn.labeling.methods.offset_plan import OffsetPlan
from keras_rcnn.layers.stack_ops import StackOps, max_pool
from keras_rcnn.layers.winograd import winograd_convolve
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

_NO_MARGINS = ((0, 0), (0, 0))


def score_fragments(
    model: RecurrentCNN,
    images: tf.Tensor,
    num_instances: int,
    output_resolution: int = 1,
    margins: tf.Tensor | None = None,
    portable: bool = False,
) -> tf.Tensor:
    """Scores every `output_resolution`-th pixel, equal to `score_patches`.

    A pooling by d keeps one of d x d offsets. Here each offset that leads to
    a wanted pixel becomes a fragment, one more entry of the batch, and the
    layers above process all fragments. The recurrence does so with score
    planes and with the scaled image. At the end the fragments interleave.
    Where an instance sees only padding, its scores are constant and are
    computed once.

    It has the arguments, the result and the errors of `score_shifts`. A
    `portable` graph is for another engine: it holds plain convolutions, and
    constants in place of values that depend on the weights alone.

    Reference:
        Giusti et al., "Fast image scanning with deep max-pooling
        convolutional neural networks", arXiv:1302.1700; Li, Zhao & Wang,
        "Highly efficient forward and backward propagation of convolutional
        neural networks for pixelwise classification", arXiv:1412.4526.
    """
    check_output_resolution(model, num_instances, output_resolution)
    fragments = _Fragments(
        model,
        OffsetPlan.of(model, num_instances, output_resolution),
        _fastest_convolution(model, portable),
    )
    margin = ConstantMargin.of(model, num_instances, images, margins, portable)

    def apply(planes: Any, instance: int) -> Any:
        return margin.score(planes, instance, fragments.stack)

    padded = pad_for_all_pixels(images, model, num_instances, margins)
    planes = model.recur(padded, num_instances, apply, fragments.scale_image)
    scores = tf.cast(planes[instance_name(num_instances)], tf.float32)
    return crop_grid(
        fragments.interleave(scores),
        scored_size(images, margins),
        output_resolution,
    )


@dataclasses.dataclass(frozen=True)
class _Fragments:
    """The steps of the recurrence, for all fragments at once.

    Args:
        model: the network.
        plan: which offsets the poolings keep.
        convolve: function of (planes, kernel).
    """

    model: RecurrentCNN
    plan: OffsetPlan
    convolve: Callable[[Any, Any], Any]

    def stack(self, planes: Any, instance: int) -> Any:
        """Applies f to the fragments of an instance, counted from 1."""
        first = (instance - 1) * len(self.model.conv_stack.stages)

        def pool(planes: Any, pool_size: int, stage: int) -> Any:
            return _pool_offsets(
                planes, pool_size, self.plan.steps[first + stage]
            )

        stack_ops = StackOps(self.convolve, pool)
        return self.model.conv_stack(planes, stack_ops=stack_ops)

    def scale_image(self, images: Any, instance: int) -> Any:
        """Averages the image for each fragment of an instance's scores."""
        offset = self.model.geometry.image_offset(instance)
        size = self.model.geometry.output_stride(instance)
        poolings = instance * len(self.model.conv_stack.stages)
        # The poolings keep the multiples of this number of pixels.
        step = math.prod(self.plan.steps[:poolings])
        images = images[:, offset:, offset:]
        if step == 1:
            parts = _running_mean(images, size)
        else:
            parts = ops.average_pool(images, size, step, padding="valid")
        for kept in self.plan.kept[:poolings]:
            parts = _split(parts, kept)
        return parts

    def interleave(self, scores: tf.Tensor) -> tf.Tensor:
        """Joins fragments `(offsets * batch, ...)` to one plane a class."""
        for kept in reversed(self.plan.kept):
            if kept > 1:
                scores = tf.batch_to_space(scores, (kept,) * 2, _NO_MARGINS)
        thinning = self.plan.thinning
        return scores[:, ::thinning, ::thinning]


def _fastest_convolution(
    model: RecurrentCNN, portable: bool
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    if portable:
        return _portable_convolve
    # In bfloat16, Winograd's sums would be too inexact.
    exact = model.compute_dtype == "float32"
    return winograd_convolve if exact else tf.nn.convolution


def _portable_convolve(planes: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Plain convolution that states the number of channels for converters."""
    if None in planes.shape[1:3]:
        batch, height, width, _ = tf.unstack(tf.shape(planes))
        channels = kernel.shape[2]
        planes = tf.reshape(planes, (batch, height, width, channels))
    return tf.nn.conv2d(planes, kernel, 1, "VALID")


def _pool_offsets(planes: Any, pool_size: int, step: int) -> Any:
    """Pools at every `step`-th offset, with the offsets along the batch."""
    if step == 1:
        return _split(_running_max(planes, pool_size), pool_size)
    offsets = range(0, pool_size, step)
    height, width = (tf.shape(planes)[i] - offsets[-1] for i in (1, 2))
    pooled = [
        max_pool(planes[:, y : y + height, x : x + width], pool_size)
        for y in offsets
        for x in offsets
    ]
    return tf.concat(pooled, axis=0)


def _split(planes: Any, size: int) -> Any:
    """Every `size`-th pixel at each offset, as a batch, offsets outermost."""
    if size == 1:
        return planes
    batch, height, width, channels = ops.shape(planes)
    whole = (batch, height // size * size, width // size * size, channels)
    # OpenVINO rejects `planes[:, :height, :width]` with computed sizes.
    part = tf.slice(planes, (0,) * 4, whole)
    return tf.space_to_batch(part, (size, size), _NO_MARGINS)


def _running_max(planes: Any, size: int) -> Any:
    """Maximum of the `size` x `size` pixels that start at each pixel."""
    done = 1
    while done < size:
        step = min(done, size - done)
        planes = tf.maximum(planes[:, :-step], planes[:, step:])
        planes = tf.maximum(planes[:, :, :-step], planes[:, :, step:])
        done += step
    return planes


def _running_mean(planes: Any, size: int) -> Any:
    """Mean of the `size` x `size` pixels that start at each pixel."""
    shifts = [slice(i, (i + 1 - size) or None) for i in range(size)]
    planes = tf.add_n([planes[:, shift] for shift in shifts])
    planes = tf.add_n([planes[:, :, shift] for shift in shifts])
    return planes / size**2
