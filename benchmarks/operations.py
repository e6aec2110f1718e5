"""Operations of labeling by fragments, counted without computing any.

From the sizes of the planes alone; none of the code that computes them is
used, only the geometry of the network.
"""

import dataclasses
import math
from collections.abc import Iterator

from keras_rcnn import RecurrentCNN
from keras_rcnn.layers.geometry import StackGeometry

IMAGE_CHANNELS = 3


@dataclasses.dataclass(frozen=True)
class Convolution:
    """One convolution as it is computed.

    Args:
        batch: images or fragments.
        height: of the planes that come out.
        width: of the planes that come out.
        kernel_size: side of the kernel.
        channels: planes that go in.
        filters: planes that come out.
    """

    batch: int
    height: int
    width: int
    kernel_size: int
    channels: int
    filters: int

    @property
    def operations(self) -> int:
        """Multiplications and additions, one each for a weight and a cell."""
        cells = self.batch * self.height * self.width
        weights = self.kernel_size**2 * self.channels * self.filters
        return 2 * cells * weights


def fragment_convolutions(
    model: RecurrentCNN, height: int, width: int, output_resolution: int
) -> Iterator[Convolution]:
    """Every convolution of a photo labeled by fragments, in order.

    The patch of nothing but padding, scored once an instance, is left out; so
    is all that is no convolution.

    Args:
        model: the network, with its number of instances.
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
                # Of the offsets 0 to size - 1, every `step`-th is kept.
                step = math.gcd(remaining, size)
                remaining = remaining // step if step == size else 1
                batch *= (size // step) ** 2
                sides = [(side - (size - step)) // size for side in sides]
        kernel_size = stack.classifier_kernel_size
        rows, columns = _convolved(sides, kernel_size)
        yield Convolution(
            batch, rows, columns, kernel_size, channels, model.num_classes
        )


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
        # Padded on both sides, and to whole cells of the last instance.
        self.side = 2 * self.padding + math.ceil(pixels / cell) * cell

    def cut(self, instance: int) -> int:
        """What an instance reads: the patches that touch the photo.

        Cell u at offset o, below the stride, has the pixels from
        stride * u + o on, as many as the receptive field.
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
