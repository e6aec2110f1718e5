"""Scores of a labeling, all taken from one confusion matrix."""

from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix

__all__ = ["ConfusionMatrix"]
