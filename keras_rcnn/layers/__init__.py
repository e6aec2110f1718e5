"""Keras layers."""

from keras_rcnn.layers.conv_stack import ConvStack

__all__ = ["ConvStack"]
