"""Losses of the networks."""

from keras_rcnn.losses.balanced_crossentropy import BalancedCrossentropy

__all__ = ["BalancedCrossentropy"]
