"""Keras models."""

from keras_rcnn.models.presets import output_stride, receptive_field
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.saving import load_model, save_model

__all__ = [
    "RecurrentCNN",
    "load_model",
    "output_stride",
    "receptive_field",
    "save_model",
]
