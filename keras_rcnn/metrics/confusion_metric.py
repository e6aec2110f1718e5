"""What the Keras metrics share: a confusion matrix as their state."""

from typing import Any

import keras
from keras import ops

from keras_rcnn.io.labels import IGNORE_LABEL


class ConfusionMetric(keras.metrics.Metric):
    """Counts pixels by true class and predicted class.

    Subclasses turn the counts into a score. The counts are float64, which is
    exact for up to 2^53 pixels and allows fractional sample weights.

    Args:
        num_classes: number of classes.
        ignore_label: true label of pixels whose class is unknown; they do not
            count.
        name: of the metric.
        **kwargs: arguments of `keras.metrics.Metric`.

    Call arguments:
        y_true: integer labels of any shape.
        y_pred: integer labels of the same shape, or scores with one more
            axis, of classes, at the end.
        sample_weight: of each pixel, or of each photo; None for 1.
    """

    default_name = "confusion"

    def __init__(
        self,
        num_classes: int,
        ignore_label: int = IGNORE_LABEL,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name or self.default_name, **kwargs)
        self.num_classes = num_classes
        self.ignore_label = ignore_label
        self.counts = self.add_variable(
            (num_classes, num_classes), "zeros", "float64", name="counts"
        )

    def update_state(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Adds the pixels of a batch."""
        y_true = ops.convert_to_tensor(y_true)
        y_pred = ops.convert_to_tensor(y_pred)
        if len(y_pred.shape) > len(y_true.shape):
            y_pred = ops.argmax(y_pred, axis=-1)
        y_true, y_pred = ops.cast(y_true, "int32"), ops.cast(y_pred, "int32")
        known = ops.not_equal(y_true, self.ignore_label)
        weights = ops.cast(known, "float64")
        if sample_weight is not None:
            sample_weight = ops.cast(sample_weight, "float64")
            # (batch,) becomes (batch, 1, 1).
            while len(sample_weight.shape) < len(weights.shape):
                sample_weight = sample_weight[..., None]
            weights *= sample_weight
        cells = ops.where(known, y_true * self.num_classes + y_pred, 0)
        sums = ops.bincount(
            ops.reshape(cells, (-1,)),
            ops.reshape(weights, (-1,)),
            minlength=self.num_classes**2,
        )
        self.counts.assign_add(ops.reshape(sums, self.counts.shape))

    @property
    def right(self) -> Any:
        """Pixels of each class that were given their class."""
        return ops.diagonal(ops.convert_to_tensor(self.counts))

    @property
    def true(self) -> Any:
        """Pixels of each class."""
        return ops.sum(ops.convert_to_tensor(self.counts), axis=1)

    @property
    def predicted(self) -> Any:
        """Pixels that were given each class."""
        return ops.sum(ops.convert_to_tensor(self.counts), axis=0)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for `from_config`."""
        return super().get_config() | {
            "num_classes": self.num_classes,
            "ignore_label": self.ignore_label,
        }


def mean_ratio(parts: Any, wholes: Any) -> Any:
    """Mean of the ratios whose whole is not 0; NaN if there is none."""
    exists = wholes > 0
    ratios = ops.where(exists, parts / ops.where(exists, wholes, 1), 0)
    return ops.sum(ratios) / ops.sum(ops.cast(exists, ratios.dtype))
