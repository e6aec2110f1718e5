"""The fraction of the pixels that were given their true class."""

from typing import Any

import keras
from keras import ops

from keras_rcnn.metrics.confusion_metric import ConfusionMetric


@keras.saving.register_keras_serializable(package="keras_rcnn")
class PixelAccuracy(ConfusionMetric):
    """Fraction of the known pixels that were given their true class.

    Args and call arguments are those of `ConfusionMetric`. NaN if no pixel is
    known.

    >>> metric = PixelAccuracy(num_classes=2)
    >>> float(metric([0, 0, 1, 255], [0, 1, 1, 1]))
    0.666...
    """

    default_name = "pixel_accuracy"

    def result(self) -> Any:
        """The score of all pixels since the last reset."""
        return ops.sum(self.right) / ops.sum(self.true)
