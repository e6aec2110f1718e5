"""Recurrent convolutional neural networks for scene parsing."""

from keras_rcnn.labeling import SceneLabeler
from keras_rcnn.models import RecurrentCNN, load_model
from keras_rcnn.presets import output_stride, receptive_field

__all__ = [
    "RecurrentCNN",
    "SceneLabeler",
    "load_model",
    "output_stride",
    "receptive_field",
]
