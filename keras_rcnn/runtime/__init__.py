"""Trained models as they lie on disk, ready to label photos.

Names are imported when they are first used: files of LiteRT and ONNX need no
TensorFlow.
"""

from keras_rcnn import lazy_names

_MODULES = {
    "LiteRTLabeler": "litert_labeler",
    "OnnxLabeler": "onnx_labeler",
    "SavedModelLabeler": "saved_model_labeler",
    "load_labeler": "loading",
    "needs_tensorflow": "loading",
}

__all__ = sorted(_MODULES)
__getattr__ = lazy_names(__name__, _MODULES)
