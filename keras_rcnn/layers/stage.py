"""The hidden stages of a convolutional stack f."""

import dataclasses
from collections.abc import Sequence

from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.layers.geometry import StackGeometry

# 1 GB of float32. A larger number comes from a damaged configuration.
_MAX_WEIGHTS = 2**28


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


def check_weights(
    stages: Sequence[Stage],
    num_classes: int,
    classifier_kernel_size: int,
    channels: int,
) -> None:
    """Checks the sizes of a stack before its weights are created.

    Args:
        stages: the hidden stages.
        num_classes: number of output planes.
        classifier_kernel_size: side of the last convolution, in pixels.
        channels: number of input planes.

    Raises:
        InputError: if a size is not a positive integer, or if there are too
            many classes or weights.
    """
    kernels = [
        *((stage.filters, stage.kernel_size) for stage in stages),
        (num_classes, classifier_kernel_size),
    ]
    sizes = [*sum(kernels, ()), *(stage.pool_size for stage in stages)]
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise InputError(
            f"The stack has the sizes {sizes}: give integers from 1 on."
        )
    if num_classes > IGNORE_LABEL:
        raise InputError(
            f"{num_classes} classes are not possible: give at most "
            f"{IGNORE_LABEL}."
        )
    count = 0
    for filters, kernel_size in kernels:
        count += filters * (kernel_size**2 * channels + 1)
        channels = filters
    if count > _MAX_WEIGHTS:
        raise InputError(
            f"The stack has {count} weights, and at most {_MAX_WEIGHTS} are "
            "possible: give fewer filters or smaller kernels."
        )


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
