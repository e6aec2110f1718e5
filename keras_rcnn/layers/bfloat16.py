"""Convolutions in bfloat16 that do not round their weights."""

from typing import Any

from keras import ops


def split_bfloat16(planes: Any, kernel: Any) -> tuple[Any, Any]:
    """Splits a kernel for a bfloat16 convolution with exact weights.

    Rounding the weights that see the photo to 8 bits changes the label of one
    pixel in 200. So each weight becomes the sum of two bfloat16 numbers, and
    the second is applied to the same planes again.

    Args:
        planes: `(batch, height, width, channels)`, bfloat16.
        kernel: `(size, size, channels, filters)`, float32.

    Returns:
        Planes and kernel of twice the channels, both bfloat16.
    """
    rounded = ops.cast(kernel, "bfloat16")
    rest = ops.cast(kernel - ops.cast(rounded, kernel.dtype), "bfloat16")
    return (
        ops.concatenate([planes, planes], axis=-1),
        ops.concatenate([rounded, rest], axis=2),
    )
