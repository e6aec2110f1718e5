"""Scores of a labeling: in NumPy, and as metrics of Keras."""

from keras_rcnn.metrics.class_accuracy import ClassAccuracy
from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix
from keras_rcnn.metrics.mean_iou import MeanIoU
from keras_rcnn.metrics.pixel_accuracy import PixelAccuracy

__all__ = ["ClassAccuracy", "ConfusionMatrix", "MeanIoU", "PixelAccuracy"]
