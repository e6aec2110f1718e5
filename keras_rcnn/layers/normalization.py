"""Normalization during training, absent from the trained network."""

from typing import Any

import keras
import numpy as np


class Normalization(keras.layers.BatchNormalization):
    """Shifts and scales the planes of all instances by the same numbers.

    Batch renormalization: training uses the running statistics that labeling
    uses, not the statistics of each batch and instance. The scale is never
    negative, so normalizing before or after max-pooling is the same, and the
    normalization can be folded into the convolution.

    Input shape:
        `(batch, height, width, channels)`.

    Output shape:
        The same.

    Reference:
        Ioffe, "Batch Renormalization", arXiv:1702.03275.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(renorm=True, gamma_constraint="non_neg", **kwargs)

    def folded(
        self, kernel: np.ndarray, bias: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Folds the normalization into the weights of a convolution.

        Args:
            kernel: `(height, width, channels in, channels)`.
            bias: `(channels,)`.
        """
        gamma, beta, mean, variance = (
            weight.numpy()
            for weight in (
                self.gamma,
                self.beta,
                self.moving_mean,
                self.moving_variance,
            )
        )
        scale = gamma / np.sqrt(variance + self.epsilon)
        return kernel * scale, (bias - mean) * scale + beta
