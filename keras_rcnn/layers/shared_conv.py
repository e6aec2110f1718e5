"""A convolution that all scales share."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

_MOMENTUM = 0.95
_EPSILON = 1e-3
# A gain of zero would switch a filter off for ever.
_SMALLEST_GAIN = 0.01


@keras.saving.register_keras_serializable(package="keras_rcnn")
class AtLeast(keras.constraints.Constraint):
    """Keeps weights at or above a smallest value."""

    def __init__(self, smallest: float = _SMALLEST_GAIN) -> None:
        self.smallest = smallest

    def __call__(self, w: Any) -> Any:
        """Returns the weights, with smaller ones replaced."""
        return ops.maximum(w, ops.cast(self.smallest, w.dtype))

    def get_config(self) -> dict[str, Any]:
        """The arguments, for `from_config`."""
        return {"smallest": self.smallest}


@keras.saving.register_keras_serializable(package="keras_rcnn")
class SharedConv(keras.layers.Layer):
    """Convolution, normalization and ReLU; scales share the kernel.

    Each scale has a gain and a bias of its own for each filter, since the
    statistics of a photo change with its scale: `2 * filters` numbers a scale.
    A network that is trained normalizes each batch. A network that is kept has
    the normalization folded in, see `folded_weights`.

    Args:
        filters: number of filters.
        kernel_size: side of the kernel, in cells.
        strides: cells from one output to the next.
        num_scales: number of scales.
        normalization: whether batches are normalized, for training.

    Call arguments:
        inputs: `(batch, height, width, channels)`, with sides that are
            multiples of the strides. Channels at the end may be missing; they
            count as zeros and cost nothing.
        scale: index of the scale.
        photo_mask: `(batch, height, width, 1)`, multiplies the output; None
            for all ones.
        training: whether to normalize by the statistics of the batch.

    Output shape:
        `(batch, height / strides, width / strides, filters)`.

    Reference:
        Ioffe & Szegedy, arXiv:1502.03167, without the bias that the
        normalization would cancel.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        strides: int = 1,
        num_scales: int = 1,
        normalization: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.num_scales = num_scales
        self.normalization = normalization

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights."""
        size = (self.kernel_size,) * 2
        self.kernel = self.add_weight(
            (*size, input_shape[-1], self.filters),
            "glorot_uniform",
            name="kernel",
        )
        self.gains = self._add_for_scales("gain", "ones", constraint=AtLeast())
        self.biases = self._add_for_scales("bias", "zeros")
        if self.normalization:
            running = {"trainable": False, "aggregation": "mean"}
            self.means = self._add_for_scales("mean", "zeros", **running)
            self.variances = self._add_for_scales("variance", "ones", **running)

    def _add_for_scales(
        self, name: str, initializer: str, **kwargs: Any
    ) -> list[Any]:
        return [
            self.add_weight(
                (self.filters,),
                initializer,
                name=f"{name}_{scale}",
                autocast=False,
                **kwargs,
            )
            for scale in range(self.num_scales)
        ]

    def call(
        self,
        inputs: Any,
        scale: int = 0,
        photo_mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        """Applies the convolution at one scale."""
        kernel = ops.cast(self.kernel, inputs.dtype)
        kernel = kernel[:, :, : inputs.shape[-1]]
        planes = ops.conv(inputs, kernel, strides=self.strides, padding="same")
        gain, bias = self.gains[scale], self.biases[scale]
        if self.normalization:
            gain, bias = self._normalizing(planes, scale, bool(training))
            planes = planes * ops.cast(gain, planes.dtype)
            planes = ops.relu(planes + ops.cast(bias, planes.dtype))
        else:
            # The gain comes last, so that all scales convolve by one kernel,
            # which converters would otherwise copy for each scale.
            planes = ops.relu(planes + ops.cast(bias / gain, planes.dtype))
            planes = planes * ops.cast(gain, planes.dtype)
        return planes if photo_mask is None else planes * photo_mask

    def _normalizing(
        self, planes: Any, scale: int, training: bool
    ) -> tuple[Any, Any]:
        """Gain and bias that normalize and then scale and shift."""
        mean, variance = self.means[scale], self.variances[scale]
        if training:
            batch_mean, batch_variance = _moments(planes)
            for running, value in (
                (mean, batch_mean),
                (variance, batch_variance),
            ):
                running.assign(_MOMENTUM * running + (1 - _MOMENTUM) * value)
            mean, variance = batch_mean, batch_variance
        gain = self.gains[scale] * ops.rsqrt(variance + _EPSILON)
        return gain, self.biases[scale] - gain * mean

    def folded_weights(self) -> list[np.ndarray]:
        """Returns the weights of the same layer without normalization.

        The kernel takes the mean gain of the scales, so that all other gains
        are about 1, which 8 bits hold well.
        """
        if not self.normalization:
            return self.get_weights()
        kernel = self.kernel.numpy()
        gains = np.array([gain.numpy() for gain in self.gains])
        biases = np.array([bias.numpy() for bias in self.biases])
        means = np.array([mean.numpy() for mean in self.means])
        variances = np.array([each.numpy() for each in self.variances])
        gains /= np.sqrt(variances + _EPSILON)
        biases -= gains * means
        common = np.exp(np.log(gains).mean(axis=0))
        return [kernel * common, *(gains / common), *biases]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, for `from_config`."""
        return super().get_config() | {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "num_scales": self.num_scales,
            "normalization": self.normalization,
        }


def _moments(planes: Any) -> tuple[Any, Any]:
    """Mean and variance of each channel over the batch of all replicas."""
    planes = ops.cast(planes, "float32")
    moments = (
        ops.mean(planes, axis=(0, 1, 2)),
        ops.mean(ops.square(planes), axis=(0, 1, 2)),
    )
    if tf.distribute.get_strategy().num_replicas_in_sync > 1:
        replica = tf.distribute.get_replica_context()
        moments = replica.all_reduce(tf.distribute.ReduceOp.MEAN, moments)
    mean, square = moments
    return mean, ops.maximum(square - ops.square(mean), 0.0)
