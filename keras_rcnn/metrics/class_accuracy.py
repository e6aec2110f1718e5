"""The mean over classes of the fraction of their pixels that are right."""

from typing import Any

import keras

from keras_rcnn.metrics.confusion_metric import ConfusionMetric, mean_ratio


@keras.saving.register_keras_serializable(package="keras_rcnn")
class ClassAccuracy(ConfusionMetric):
    """Mean over classes of the fraction of their pixels that are right.

    Classes without a true pixel do not count. Args and call arguments are
    those of `ConfusionMetric`. NaN if no pixel is known.

    >>> metric = ClassAccuracy(num_classes=2)
    >>> float(metric([0, 0, 1, 255], [0, 1, 1, 1]))
    0.75
    """

    default_name = "class_accuracy"

    def result(self) -> Any:
        """The score of all pixels since the last reset."""
        return mean_ratio(self.right, self.true)
