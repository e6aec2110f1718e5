"""Networks of all kinds by the names of their presets."""

from typing import Any

from keras_rcnn.models.presets import PYRAMIDS
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.recurrent_pyramid import RecurrentPyramid
from keras_rcnn.models.scene_parser import SceneParser


def from_preset(preset: str, *args: Any, **kwargs: Any) -> SceneParser:
    """A network with fresh weights, of the kind that the preset names.

    It has the arguments of `SceneParser.from_preset`.
    """
    kind: Any = RecurrentPyramid if preset in PYRAMIDS else RecurrentCNN
    return kind.from_preset(preset, *args, **kwargs)
