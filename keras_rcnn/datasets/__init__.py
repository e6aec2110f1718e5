"""Labeled photos: readers, splits, sampling and checks."""

from keras_rcnn.datasets import checks
from keras_rcnn.datasets.crops import sample_crops
from keras_rcnn.datasets.data_service import DataService
from keras_rcnn.datasets.load import load_dataset
from keras_rcnn.datasets.mapped_classes import map_classes
from keras_rcnn.datasets.patches import sample_patches
from keras_rcnn.datasets.pixel_counts import class_shares
from keras_rcnn.datasets.prepared import prepare
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.splits import folds, train_validation_split
from keras_rcnn.datasets.unlabeled import load_unlabeled
from keras_rcnn.datasets.validation import validation_batches
from keras_rcnn.io.labels import IGNORE_LABEL

__all__ = [
    "IGNORE_LABEL",
    "DataService",
    "SceneDataset",
    "checks",
    "class_shares",
    "folds",
    "load_dataset",
    "load_unlabeled",
    "map_classes",
    "prepare",
    "sample_crops",
    "sample_patches",
    "train_validation_split",
    "validation_batches",
]
