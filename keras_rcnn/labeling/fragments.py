"""All offsets of each pooling as a batch: every partial result once."""

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf
from keras import ops

from keras_rcnn.labeling.constant_margin import ConstantMargin
from keras_rcnn.labeling.grid import (
    check_output_resolution,
    crop_grid,
    pad_for_all_pixels,
    scored_size,
)
from keras_rcnn.layers.conv_stack import max_pool
from keras_rcnn.layers.winograd import winograd_convolve
from keras_rcnn.models.recurrent_cnn import RecurrentCNN, instance_name


def fragments(
    model: RecurrentCNN,
    images: tf.Tensor,
    num_instances: int,
    output_resolution: int = 1,
    margins: tf.Tensor | None = None,
    portable: bool = False,
) -> tf.Tensor:
    """Scores of every `output_resolution`-th pixel, equal to the patches'.

    A pooling by d keeps one of d x d offsets. Here each of them that leads to
    a pixel asked for becomes a fragment, one more entry of the batch, and the
    layers above go on with all fragments; the recurrence does so with score
    planes and scaled image alike. At the end the fragments interleave.
    Where an instance sees nothing but padding its scores are constant, and
    computed once.

    Arguments, result and errors are those of `shift_and_stitch`. A `portable`
    graph is one for another engine: it holds plain convolutions, and as
    constants what depends on the weights alone.

    Reference:
        Giusti et al., "Fast image scanning with deep max-pooling
        convolutional neural networks", arXiv:1302.1700; Li, Zhao & Wang,
        "Highly efficient forward and backward propagation of convolutional
        neural networks for pixelwise classification", arXiv:1412.4526.
    """
    check_output_resolution(model, num_instances, output_resolution)
    plan = _Plan(model, num_instances, output_resolution)
    around = ConstantMargin(model, num_instances, images, margins, portable)
    convolve = _convolution(model, portable)

    def stack(planes: Any) -> Any:
        return model.conv_stack(planes, pool=plan.pool, convolve=convolve)

    def apply(planes: Any, instance: int) -> Any:
        return around.apply(planes, instance, stack)

    padded = pad_for_all_pixels(images, model, num_instances, margins)
    planes = model.recur(padded, num_instances, apply, plan.scale_image)
    scores = tf.cast(planes[instance_name(num_instances)], tf.float32)
    return crop_grid(
        plan.interleave(scores),
        scored_size(images, margins),
        output_resolution,
    )


def _convolution(
    model: RecurrentCNN, portable: bool
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The quickest one that is exact."""
    if portable:
        return _portable_convolve
    exact = model.compute_dtype == "float32"
    return winograd_convolve if exact else tf.nn.convolution


def _portable_convolve(planes: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Plain convolution of planes whose channels converters lose."""
    if None in planes.shape[1:3]:
        batch, height, width, _ = tf.unstack(tf.shape(planes))
        channels = kernel.shape[2]
        planes = tf.reshape(planes, (batch, height, width, channels))
    return tf.nn.conv2d(planes, kernel, 1, "VALID")


def offsets_kept(
    model: RecurrentCNN, num_instances: int, output_resolution: int
) -> list[int]:
    """How many offsets along an axis each pooling keeps, bottom to top."""
    return _Plan(model, num_instances, output_resolution).kept


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

    @property
    def kept(self) -> list[int]:
        """Offsets that every pooling keeps along one axis."""
        return [
            size // step
            for size, step in zip(self.pool_sizes, self.steps, strict=True)
        ]

    def pool(self, planes: Any, pool_size: int) -> Any:
        """Pools at all kept offsets of the next pooling, along the batch."""
        step = next(self._next_step)
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

    def scale_image(self, images: Any, instance: int) -> Any:
        """The image averaged for every fragment of an instance's planes."""
        offset = self.model.geometry.image_offset(instance)
        size = self.model.geometry.output_stride(instance)
        poolings = instance * self.poolings_an_instance
        # What the poolings keep are the multiples of this many pixels.
        step = math.prod(self.steps[:poolings])
        images = images[:, offset:, offset:]
        if step == 1:
            parts = _running_mean(images, size)
        else:
            parts = ops.average_pool(images, size, step, padding="valid")
        for kept in self.kept[:poolings]:
            parts = _split(parts, kept)
        return parts

    def interleave(self, scores: tf.Tensor) -> tf.Tensor:
        """Fragments `(offsets * batch, ...)` back to one plane a class."""
        for kept in reversed(self.kept):
            if kept > 1:
                scores = tf.batch_to_space(scores, (kept,) * 2, _NO_MARGINS)
        return scores[:, :: self.thinning, :: self.thinning]


_NO_MARGINS = ((0, 0), (0, 0))


def _split(planes: Any, size: int) -> Any:
    """Every `size`-th pixel at each offset, as a batch, offsets outermost."""
    if size == 1:
        return planes
    batch, height, width, channels = ops.shape(planes)
    whole = (batch, height // size * size, width // size * size, channels)
    # OpenVINO refuses `planes[:, :height, :width]` of sizes that it computes.
    part = tf.slice(planes, (0,) * 4, whole)
    return tf.space_to_batch(part, (size, size), _NO_MARGINS)


def _running_max(planes: Any, size: int) -> Any:
    """Maximum of `size` x `size` pixels from each pixel on."""
    done = 1
    while done < size:
        step = min(done, size - done)
        planes = tf.maximum(planes[:, :-step], planes[:, step:])
        planes = tf.maximum(planes[:, :, :-step], planes[:, :, step:])
        done += step
    return planes


def _running_mean(planes: Any, size: int) -> Any:
    """Mean of `size` x `size` pixels from each pixel on."""
    shifts = [slice(i, (i + 1 - size) or None) for i in range(size)]
    planes = tf.add_n([planes[:, shift] for shift in shifts])
    planes = tf.add_n([planes[:, :, shift] for shift in shifts])
    return planes / size**2
