"""Trained networks in forms that need no keras_rcnn."""

from keras_rcnn.export.saved_model import export_saved_model

__all__ = ["export_saved_model"]
