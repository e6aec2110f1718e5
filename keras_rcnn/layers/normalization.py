"""Normalization that training has and the trained network has not."""

from typing import Any

import keras
import numpy as np


class Normalization(keras.layers.BatchNormalization):
    """Shifts and scales the planes of all instances by the same numbers.

    Batch renormalization: the network is trained as it will label, by running
    statistics, not by those of the instance and the batch at hand. The scale
    is positive, so that it may come before the pooling as well as after it,
    which lets it be folded into the convolution.

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
        """Weights of a convolution that is normalized already.

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
