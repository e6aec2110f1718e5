"""Scores of photos, with standard errors over photos."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_rcnn.metrics import ConfusionMatrix

SCORES = ("pixel_accuracy", "class_accuracy", "mean_iou")


def scores(counts: np.ndarray) -> np.ndarray:
    """`SCORES` of a confusion matrix."""
    matrix = ConfusionMatrix(len(counts))
    matrix.counts = counts
    return np.array([getattr(matrix, name) for name in SCORES])


def scores_without_each(counts: np.ndarray) -> np.ndarray:
    """`SCORES` of all photos but one, `(photos, 3)`.

    Args:
        counts: confusion matrix of each photo.
    """
    total = counts.sum(axis=0)
    return np.array([scores(total - photo) for photo in counts])


def standard_errors(without_each: np.ndarray) -> np.ndarray:
    """Standard errors over photos, by the jackknife.

    Args:
        without_each: values of all photos but one. For a paired difference,
            the differences of two such arrays.

    Reference:
        Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
        chapter 11.
    """
    count = len(without_each)
    deviations = without_each - without_each.mean(axis=0)
    return np.sqrt((count - 1) / count * np.sum(deviations**2, axis=0))


def summarize(
    result: Mapping[str, Any], others: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A result with scores, without the counts of each photo.

    Args:
        result: of a run.
        others: of the run that it is compared with, photo by photo.
    """
    left_out = ("photos", "confusion_matrices")
    row = {key: value for key, value in result.items() if key not in left_out}
    counts = np.array(result["confusion_matrices"])
    values, without_each = (
        scores(counts.sum(axis=0)),
        scores_without_each(counts),
    )
    errors = standard_errors(without_each)
    for index, name in enumerate(SCORES):
        row[name], row[f"{name}_standard_error"] = values[index], errors[index]
    row["difference"] = row["difference_standard_error"] = None
    if others:
        counts = np.array(others["confusion_matrices"])
        differences = without_each - scores_without_each(counts)
        row["difference"] = (values - scores(counts.sum(axis=0)))[0]
        row["difference_standard_error"] = standard_errors(differences)[0]
    return row
