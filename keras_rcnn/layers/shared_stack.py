"""A stack of convolutions that all scales share."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_rcnn.layers.shared_conv import SharedConv


@keras.saving.register_keras_serializable(package="keras_rcnn")
class SharedStack(keras.layers.Layer):
    """Convolutions one after the other.

    Args:
        filters: of each convolution.
        kernel_sizes: side of each kernel, in cells.
        strides: of each convolution.
        num_scales: number of scales that share the kernels.
        normalization: as for `SharedConv`.

    Call arguments:
        inputs: `(batch, height, width, channels)`.
        scale: index of the scale.
        photo_masks: for the output of each convolution, see `SharedConv`;
            empty for none.
        training: as for `SharedConv`.
    """

    def __init__(
        self,
        filters: Sequence[int],
        kernel_sizes: Sequence[int],
        strides: int = 1,
        num_scales: int = 1,
        normalization: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = tuple(filters)
        self.kernel_sizes = tuple(kernel_sizes)
        self.strides = strides
        self.num_scales = num_scales
        self.normalization = normalization
        self.convolutions = [
            SharedConv(
                count,
                size,
                strides,
                num_scales,
                normalization,
                name=f"conv_{number}",
                dtype=self.dtype_policy,
            )
            for number, (count, size) in enumerate(
                zip(self.filters, self.kernel_sizes, strict=True), 1
            )
        ]

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights."""
        channels = input_shape[-1]
        for convolution in self.convolutions:
            convolution.build((None, None, None, channels))
            channels = convolution.filters

    def call(
        self,
        inputs: Any,
        scale: int = 0,
        photo_masks: Sequence[Any] = (),
        training: bool | None = None,
    ) -> Any:
        """Applies the stack at one scale."""
        planes = inputs
        for number, convolution in enumerate(self.convolutions):
            planes = convolution(
                planes,
                scale=scale,
                photo_mask=photo_masks[number] if photo_masks else None,
                training=training,
            )
        return planes

    def folded_weights(self) -> list[np.ndarray]:
        """Returns the weights of the same stack without normalizations."""
        return [
            weight
            for convolution in self.convolutions
            for weight in convolution.folded_weights()
        ]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, for `from_config`."""
        return super().get_config() | {
            "filters": list(self.filters),
            "kernel_sizes": list(self.kernel_sizes),
            "strides": self.strides,
            "num_scales": self.num_scales,
            "normalization": self.normalization,
        }
