"""Keras models.

Names are imported when they are first used: the names of the shipped networks
need no Keras.
"""

from keras_rcnn import lazy_names

_MODULES = {
    "RecurrentCNN": "recurrent_cnn",
    "RecurrentPyramid": "recurrent_pyramid",
    "SceneParser": "scene_parser",
    "from_preset": "networks",
    "load_model": "saving",
    "output_stride": "presets",
    "parse_stages": "stage_text",
    "receptive_field": "presets",
    "save_model": "saving",
    "shipped_networks": "zoo",
}

__all__ = sorted(_MODULES)
__getattr__ = lazy_names(__name__, _MODULES)
