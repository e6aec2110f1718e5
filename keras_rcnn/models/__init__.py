"""Keras models."""

from keras_rcnn.models.recurrent_cnn import RecurrentCNN, load_model

__all__ = ["RecurrentCNN", "load_model"]
