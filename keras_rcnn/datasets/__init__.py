"""Labeled photos: readers, splits, sampling and checks.

Names are imported when they are first used: formats of files need no
TensorFlow.
"""

from keras_rcnn import lazy_names
from keras_rcnn.io.labels import IGNORE_LABEL

_MODULES = {
    "DataService": "data_service",
    "SceneDataset": "scene_dataset",
    "checks": "",
    "class_shares": "pixel_counts",
    "folds": "splits",
    "load_dataset": "load",
    "load_unlabeled": "unlabeled",
    "map_classes": "mapped_classes",
    "prepare": "prepared",
    "sample_crops": "crops",
    "sample_patches": "patches",
    "synthetic": "",
    "train_validation_split": "splits",
    "validation_batches": "validation",
}

__all__ = ["IGNORE_LABEL", *sorted(_MODULES)]
__getattr__ = lazy_names(__name__, _MODULES)
