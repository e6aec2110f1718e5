"""The loss of one instance."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


class BalancedCrossentropy(keras.losses.Loss):
    """Negative log-likelihood of the true class, weighted by class.

    Scores are logits; unknown pixels carry a sample weight of 0, and the loss
    is the sum over the others (paper, section 3.2, equation 6). Where the truth
    is a probability of each class, each class counts by it.

    Args:
        class_weights: one for each class.
        label_smoothing: probability that is spread over all classes alike.
        focus: exponent by which pixels count less, the likelier their true
            class is already: `(1 - p) ** focus`.

    Reference:
        Lin et al., "Focal loss for dense object detection", arXiv:1708.02002,
        section 3.2, equation 4.
    """

    def __init__(
        self,
        class_weights: Sequence[float],
        label_smoothing: float = 0.0,
        focus: float = 0.0,
    ) -> None:
        super().__init__(name="crossentropy", reduction="sum")
        self.label_smoothing = label_smoothing
        self.focus = focus
        self.class_weights = ops.convert_to_tensor(class_weights, "float32")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss of each pixel, `(batch, height, width)`.

        Args:
            y_true: labels of that shape, or probabilities of all classes.
            y_pred: scores `(batch, height, width, num_classes)`.
        """
        likelihoods = ops.log_softmax(y_pred)
        if len(y_true.shape) < len(y_pred.shape):
            labels = ops.cast(y_true, "int32")
            y_true = ops.one_hot(labels, y_pred.shape[-1])
        losses = -y_true * likelihoods
        if self.focus:
            losses *= (1 - ops.exp(likelihoods)) ** self.focus
        if self.label_smoothing:
            of_all = -ops.mean(likelihoods, axis=-1, keepdims=True)
            losses += self.label_smoothing * y_true * (of_all + likelihoods)
        return ops.sum(losses * self.class_weights, axis=-1)
