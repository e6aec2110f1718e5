"""Counts the operations of labeling.

The counts follow from the geometry of the network. They use none of the code
that computes labels, so that each can test the other.
"""

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.layers.pyramid_geometry import FINEST_STRIDE
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.recurrent_pyramid import RecurrentPyramid

IMAGE_CHANNELS = 3


@dataclasses.dataclass(frozen=True)
class Convolution:
    """The shape of one convolution.

    Args:
        batch: number of images or fragments.
        height: of the output.
        width: of the output.
        kernel_size: side of the kernel.
        channels: of the input.
        filters: channels of the output.
    """

    batch: int
    height: int
    width: int
    kernel_size: int
    channels: int
    filters: int

    @property
    def operations(self) -> int:
        """Multiplications and additions: one of each per weight and cell."""
        cells = self.batch * self.height * self.width
        weights = self.kernel_size**2 * self.channels * self.filters
        return 2 * cells * weights


def fragment_convolutions(
    model: RecurrentCNN, height: int, width: int, output_resolution: int
) -> Iterator[Convolution]:
    """Every convolution of a photo labeled by fragments, in order.

    Other operations are not counted, nor is the patch of padding that each
    instance scores once.

    Args:
        model: the network.
        height: of the photo, in pixels.
        width: of the photo, in pixels.
        output_resolution: pixels from one computed label to the next.
    """
    stack, geometry = model.conv_stack, model.geometry
    axes = [_Axis(geometry, model.num_instances, s) for s in (height, width)]
    batch, remaining = 1, output_resolution
    for instance in range(1, model.num_instances + 1):
        channels = IMAGE_CHANNELS + (instance > 1) * model.num_classes
        sides = [axis.cut(instance) for axis in axes]
        for stage in stack.stages:
            kernel_size = stage.kernel_size
            rows, columns = sides = _convolved(sides, kernel_size)
            yield Convolution(
                batch, rows, columns, kernel_size, channels, stage.filters
            )
            channels, size = stage.filters, stage.pool_size
            if size > 1:
                # Every `step`-th of the offsets 0 to size - 1 is kept.
                step = math.gcd(remaining, size)
                remaining = remaining // step if step == size else 1
                batch *= (size // step) ** 2
                sides = [(side - (size - step)) // size for side in sides]
        kernel_size = stack.classifier_kernel_size
        rows, columns = _convolved(sides, kernel_size)
        yield Convolution(
            batch, rows, columns, kernel_size, channels, model.num_classes
        )


def pyramid_convolutions(
    model: RecurrentPyramid, height: int, width: int, output_resolution: int
) -> Iterator[Convolution]:
    """Every convolution of a photo labeled by a pyramid of one pass.

    It has the arguments of `fragment_convolutions`.
    """
    total = model.geometry.total_stride
    sides = [-(-side // total) * total for side in (height, width)]
    levels = model.geometry.levels

    def convolve(stride: int, size: int, channels: int, filters: int) -> Any:
        rows, columns = (side // stride for side in sides)
        return Convolution(1, rows, columns, size, channels, filters)

    def stack(level: int, channels: int) -> Iterator[Convolution]:
        for _ in range(model.geometry.depth):
            yield convolve(FINEST_STRIDE * 2**level, 3, channels, model.width)
            channels = model.width

    first, seen = model.eye_filters
    for level in range(levels):
        yield convolve(2 * 2**level, 5, IMAGE_CHANNELS, first)
        yield convolve(4 * 2**level, 3, first, seen)
        # The finest level has no level below.
        yield from stack(level, seen + model.width * (level > 0))
    for level in reversed(range(levels)):
        stride = FINEST_STRIDE * 2**level
        if stride < output_resolution:
            break
        if level < levels - 1:
            yield from stack(level, 2 * model.width)
        yield convolve(stride, 1, model.width, model.num_classes)


def _convolved(sides: list[int], kernel_size: int) -> list[int]:
    return [side - kernel_size + 1 for side in sides]


class _Axis:
    """Sizes along one axis of a photo, instance after instance."""

    def __init__(
        self, geometry: StackGeometry, num_instances: int, pixels: int
    ) -> None:
        self.geometry = geometry
        self.pixels = pixels
        self.padding = geometry.padding(num_instances)
        cell = geometry.output_stride(num_instances)
        # Padding on both sides, and up to whole cells of the last instance.
        self.side = 2 * self.padding + math.ceil(pixels / cell) * cell

    def cut(self, instance: int) -> int:
        """Number of pixels that an instance reads.

        It reads all patches that touch the photo.

        The receptive field of cell u at offset o, 0 <= o < stride, begins at
        pixel stride * u + o.
        """
        stride = self.geometry.output_stride(instance)
        patch = self.geometry.receptive_field(instance)
        step = self.geometry.output_stride()
        cells = self.side
        for kernel, pool in self.geometry.layers:
            cells = (cells - kernel + 1) // pool
        touching = [
            cell
            for cell in range(cells)
            if cell * stride < self.padding + self.pixels
            and cell * stride + stride - 1 + patch > self.padding
        ]
        needed = self.geometry.input_size(len(touching)) + step - 1
        read = min(needed, self.side - step * touching[0])
        self.side = cells
        return read
