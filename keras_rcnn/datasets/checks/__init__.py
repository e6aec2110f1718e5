"""Errors in labeled photos, found before a network is trained on them."""

from keras_rcnn.datasets.checks.checked_photos import CheckedPhoto
from keras_rcnn.datasets.checks.dataset_check import (
    DatasetCheck,
    folder_check,
    splits_check,
)
from keras_rcnn.datasets.checks.dataset_findings import all_findings
from keras_rcnn.datasets.checks.finding import Finding

__all__ = [
    "CheckedPhoto",
    "DatasetCheck",
    "Finding",
    "all_findings",
    "folder_check",
    "splits_check",
]
