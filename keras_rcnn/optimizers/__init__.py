"""Optimizers of Keras."""

from keras_rcnn.optimizers.muon import Muon

__all__ = ["Muon"]
