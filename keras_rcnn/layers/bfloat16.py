"""Convolutions in bfloat16 that do not round their weights."""

from typing import Any

from keras import ops


def split_bfloat16(planes: Any, kernel: Any) -> tuple[Any, Any]:
    """Planes and kernel in bfloat16 whose convolution has the exact weights.

    Rounded to 8 bits, the weights that see the photo add up to another label
    for one pixel in 200. Hence each is the sum of two bfloat16 numbers, the
    second one applied to the same planes again.

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
