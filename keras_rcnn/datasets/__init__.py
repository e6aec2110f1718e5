"""Labelled photos: reading them, holding some out, sampling from them."""

from keras_rcnn.datasets.class_shares import class_shares
from keras_rcnn.datasets.crops import sample_crops
from keras_rcnn.datasets.data_service import DataService
from keras_rcnn.datasets.load import load_dataset
from keras_rcnn.datasets.mapped_classes import with_classes_of
from keras_rcnn.datasets.patches import sample_patches
from keras_rcnn.datasets.prepared import prepare
from keras_rcnn.datasets.scene_dataset import IGNORE_LABEL, SceneDataset
from keras_rcnn.datasets.splits import folds, split_off
from keras_rcnn.datasets.unlabelled import load_unlabelled
from keras_rcnn.datasets.whole_photos import whole_photos

__all__ = [
    "IGNORE_LABEL",
    "DataService",
    "SceneDataset",
    "class_shares",
    "folds",
    "load_dataset",
    "load_unlabelled",
    "prepare",
    "sample_crops",
    "sample_patches",
    "split_off",
    "whole_photos",
    "with_classes_of",
]
