"""Dense labeling of whole photos."""

from keras_rcnn.labeling.augmentation import TestTimeAugmentation
from keras_rcnn.labeling.distillation import Distillation
from keras_rcnn.labeling.fragments import fragments
from keras_rcnn.labeling.labeling_graph import METHODS
from keras_rcnn.labeling.patches import patches
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.labeling.self_training import pseudo_label
from keras_rcnn.labeling.shift_and_stitch import shift_and_stitch

__all__ = [
    "METHODS",
    "Distillation",
    "SceneLabeler",
    "TestTimeAugmentation",
    "fragments",
    "patches",
    "pseudo_label",
    "shift_and_stitch",
]
