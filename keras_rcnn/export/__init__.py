"""Trained networks as files that run without keras_rcnn."""

from keras_rcnn.export.litert import export_litert
from keras_rcnn.export.onnx import export_onnx
from keras_rcnn.export.saved_model import export_saved_model

__all__ = ["export_litert", "export_onnx", "export_saved_model"]
