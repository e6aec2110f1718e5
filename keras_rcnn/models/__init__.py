"""Keras models."""

from keras_rcnn.models.presets import output_stride, receptive_field
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.saving import load_model, save_model
from keras_rcnn.models.stage_text import parse_stages
from keras_rcnn.models.zoo import shipped_networks

__all__ = [
    "RecurrentCNN",
    "load_model",
    "output_stride",
    "parse_stages",
    "receptive_field",
    "save_model",
    "shipped_networks",
]
