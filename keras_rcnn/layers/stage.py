"""The hidden stages of a convolutional stack f."""

import dataclasses

from keras_rcnn.layers.geometry import StackGeometry


@dataclasses.dataclass(frozen=True)
class Stage:
    """Convolution, bias, max-pooling and activation, in this order.

    Args:
        filters: number of output planes.
        kernel_size: side of the square kernel, in pixels.
        pool_size: side and step of the max-pooling; 1 for none.
    """

    filters: int
    kernel_size: int
    pool_size: int = 1


def stack_geometry(
    stages: tuple[Stage, ...], classifier_kernel_size: int
) -> StackGeometry:
    """Returns the geometry of a stack of stages and a classifier."""
    layers: list[tuple[int, int]] = []
    for stage in stages:
        layers.append((stage.kernel_size, 1))
        if stage.pool_size > 1:
            layers.append((stage.pool_size, stage.pool_size))
    layers.append((classifier_kernel_size, 1))
    return StackGeometry(tuple(layers))
