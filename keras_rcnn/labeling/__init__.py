"""Dense labeling of whole photos."""

from keras_rcnn.labeling.fragments import fragments
from keras_rcnn.labeling.labeling_graph import METHODS
from keras_rcnn.labeling.patches import patches
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.labeling.shift_and_stitch import shift_and_stitch

__all__ = [
    "METHODS",
    "SceneLabeler",
    "fragments",
    "patches",
    "shift_and_stitch",
]
