"""Trained models as they lie on disk, ready to label photos."""

from keras_rcnn.runtime.loading import load_labeler

__all__ = ["load_labeler"]
