"""The loss of one instance."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_rcnn")
class BalancedCrossentropy(keras.losses.Loss):
    """Negative log-likelihood of the true class, weighted by class.

    The scores are logits. Unknown pixels have a sample weight of 0 (paper,
    section 3.2, equation 6). If the truth is a probability of each class, the
    loss of each class counts by its probability.

    Args:
        class_weights: one for each class; None weighs all classes equally.
        label_smoothing: probability that is spread evenly over all classes.
        focal_gamma: exponent that makes pixels count less, the more probable
            their true class already is: `(1 - p) ** focal_gamma`.
        reduction: `mean_with_sample_weight`, the mean over known pixels; or
            `sum`, which approximates one step of stochastic gradient descent
            for each pixel of the batch.
        name: of the loss.

    Call arguments:
        y_true: integer labels `(batch, height, width)`, or probabilities
            `(batch, height, width, num_classes)`.
        y_pred: scores `(batch, height, width, num_classes)`.
        sample_weight: of each pixel, `(batch, height, width)`.

    >>> loss = BalancedCrossentropy([3.0, 0.5], reduction="sum")
    >>> float(loss(ops.array([[[0, 1]]]), ops.zeros((1, 1, 2, 2))))
    2.426...

    Reference:
        Lin et al., "Focal loss for dense object detection", arXiv:1708.02002,
        section 3.2, equation 4.
    """

    def __init__(
        self,
        class_weights: Sequence[float] | None = None,
        label_smoothing: float = 0.0,
        focal_gamma: float = 0.0,
        reduction: str = "mean_with_sample_weight",
        name: str = "crossentropy",
    ) -> None:
        super().__init__(name=name, reduction=reduction)
        self.class_weights = (
            None if class_weights is None else list(map(float, class_weights))
        )
        self.label_smoothing = label_smoothing
        self.focal_gamma = focal_gamma

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss of each pixel, `(batch, height, width)`."""
        likelihoods = ops.log_softmax(y_pred)
        if len(y_true.shape) < len(y_pred.shape):
            labels = ops.cast(y_true, "int32")
            y_true = ops.one_hot(labels, y_pred.shape[-1])
        losses = -y_true * likelihoods
        if self.focal_gamma:
            losses *= (1 - ops.exp(likelihoods)) ** self.focal_gamma
        if self.label_smoothing:
            of_all = -ops.mean(likelihoods, axis=-1, keepdims=True)
            losses += self.label_smoothing * y_true * (of_all + likelihoods)
        if self.class_weights is not None:
            losses *= ops.convert_to_tensor(self.class_weights, losses.dtype)
        return ops.sum(losses, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for `from_config`."""
        return super().get_config() | {
            "class_weights": self.class_weights,
            "label_smoothing": self.label_smoothing,
            "focal_gamma": self.focal_gamma,
        }
