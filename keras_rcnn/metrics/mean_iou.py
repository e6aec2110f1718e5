"""The mean over classes of intersection over union."""

from typing import Any

import keras

from keras_rcnn.metrics.confusion_metric import ConfusionMetric, mean_ratio


@keras.saving.register_keras_serializable(package="keras_rcnn")
class MeanIoU(ConfusionMetric):
    """Mean over classes of intersection over union.

    The union of a class is its true pixels and the pixels that were given it.
    Classes without either do not count; a class that is predicted and never
    true counts as 0. Args and call arguments are those of `ConfusionMetric`.
    NaN if no pixel is known. Unlike `keras.metrics.MeanIoU`, it ignores
    label 255 and takes scores as well as labels.

    >>> metric = MeanIoU(num_classes=2)
    >>> float(metric([0, 0, 1, 255], [0, 1, 1, 1]))
    0.5
    """

    default_name = "mean_iou"

    def result(self) -> Any:
        """The score of all pixels since the last reset."""
        return mean_ratio(self.right, self.true + self.predicted - self.right)
