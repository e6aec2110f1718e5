"""Keras models."""

from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.saving import load_model

__all__ = ["RecurrentCNN", "load_model"]
