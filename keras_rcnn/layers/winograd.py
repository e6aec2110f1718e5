"""Convolution with fewer multiplications, for labeling on processors."""

import functools
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

# With fewer channels, the additions cost as much as the multiplications save.
_FEWEST_CHANNELS = 16


def winograd_convolve(planes: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Computes `conv(planes, kernel)` with 9 of 16 multiplications.

    Rows 2m and 2m + 1 of the result, y0 and y1, are sums over even and odd
    rows of planes, x0 and x1, and of kernel, h0 and h1; x2 is x0 shifted by
    one row:

        y0 = h0 x0 + h1 x1 = h0 (x0 - x1) + (h0 + h1) x1
        y1 = h0 x1 + h1 x2 = (h0 + h1) x1 - h1 (x1 - x2)

    So three convolutions with half a kernel replace four; the columns are
    computed in the same way. Results are exact for integers and otherwise
    have rounding errors of a few units in the last place, which is accurate
    enough in float32 but not in bfloat16.

    Kernels of odd size or with few channels, which would not get faster, are
    applied by a plain convolution.

    Args:
        planes: `(batch, height, width, channels)`.
        kernel: `(size, size, channels, filters)`.

    Returns:
        `(batch, height - size + 1, width - size + 1, filters)`.

    Reference:
        Winograd, "Arithmetic complexity of computations", SIAM 1980, F(2, 2);
        Lavin & Gray, arXiv:1509.09308.
    """
    size, _, channels, _ = kernel.shape
    if size % 2 or channels < _FEWEST_CHANNELS:
        return tf.nn.conv2d(planes, kernel, 1, "VALID")
    return _function(channels, kernel.shape)(planes, kernel)


@functools.cache
def _function(channels: int, kernel_shape: tf.TensorShape) -> Any:
    """A traced function, which a graph holds once for many calls."""
    planes = tf.TensorSpec((None, None, None, channels))
    return tf.function(
        _convolve,
        input_signature=[planes, tf.TensorSpec(kernel_shape)],
        autograph=False,
    )


def _convolve(planes: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    odd_size = (tf.shape(planes)[1:3] - kernel.shape[0] + 1) % 2
    p00, p01, p10, p11 = _phases(planes, odd_size + 1)
    by_row = zip(
        _differences(p00, p10[:, :-1], axis=1),
        _differences(p01[:, :, :-1], p11[:, :-1, :-1], axis=1),
        _sums(kernel[0::2], kernel[1::2]),
        strict=True,
    )
    products = [
        _convolve_columns(even, odd, _sums(weights[:, 0::2], weights[:, 1::2]))
        for even, odd, weights in by_row
    ]
    even_columns, odd_columns = zip(*map(_combine, products), strict=True)
    y00, y10 = _combine(even_columns)
    y01, y11 = _combine(odd_columns)
    return tf.batch_to_space(
        tf.concat([y00, y01, y10, y11], axis=0),
        (2, 2),
        [[0, odd_size[0]], [0, odd_size[1]]],
    )


_Three = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def _phases(planes: tf.Tensor, fill: tf.Tensor) -> list[tf.Tensor]:
    """Even and odd rows of even and odd columns, padded with zeros.

    The padding makes the result even and completes the last pair.
    """
    paddings = [[0, fill[0]], [0, fill[1]]]
    return tf.split(tf.space_to_batch(planes, (2, 2), paddings), 4)


def _differences(even: tf.Tensor, odd: tf.Tensor, axis: int) -> _Three:
    """Inputs of the three kernels; `odd` has one line less."""
    if axis == 1:
        return even[:, :-1] - odd, odd, odd - even[:, 1:]
    return even[:, :, :-1] - odd, odd, odd - even[:, :, 1:]


def _sums(even: tf.Tensor, odd: tf.Tensor) -> _Three:
    """The three kernels."""
    return even, even + odd, odd


def _convolve_columns(
    even: tf.Tensor, odd: tf.Tensor, kernels: _Three
) -> list[tf.Tensor]:
    """The three products along the columns."""
    parts = _differences(even, odd, axis=2)
    return [
        tf.nn.conv2d(part, kernel, 1, "VALID")
        for part, kernel in zip(parts, kernels, strict=True)
    ]


def _combine(products: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
    """Even and odd lines of the result."""
    first, both, last = products
    return first + both, both - last
