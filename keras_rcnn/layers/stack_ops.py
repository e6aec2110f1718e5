"""The operations of a convolutional stack f that a caller can replace."""

import dataclasses
from collections.abc import Callable
from typing import Any

from keras import ops

from keras_rcnn.layers.convolution import convolve


def max_pool(planes: Any, pool_size: int, stage: int = 0) -> Any:
    """Max-pooling that steps by its own size and drops an incomplete block."""
    return ops.max_pool(planes, pool_size, strides=pool_size, padding="valid")


@dataclasses.dataclass(frozen=True)
class StackOps:
    """Convolution and pooling of the hidden stages of f.

    Args:
        convolve: function of (planes, kernel).
        pool: function of (planes, pool size, stage), with stages counted
            from 0.
        fuse: whether `conv_max_pool` replaces both in a stage that sees the
            image alone and pools by 2.
    """

    convolve: Callable[[Any, Any], Any] = convolve
    pool: Callable[[Any, int, int], Any] = max_pool
    fuse: bool = False


FUSED = StackOps(fuse=True)
