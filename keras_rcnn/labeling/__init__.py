"""Dense labeling of whole photos."""

from keras_rcnn.labeling.augmentation import TestTimeAugmentation
from keras_rcnn.labeling.distillation import Distillation
from keras_rcnn.labeling.labeler import BandLabeler, Labeler, TooLargeError
from keras_rcnn.labeling.methods import METHODS
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.labeling.self_training import pseudo_label

__all__ = [
    "METHODS",
    "BandLabeler",
    "Distillation",
    "Labeler",
    "SceneLabeler",
    "TestTimeAugmentation",
    "TooLargeError",
    "pseudo_label",
]
