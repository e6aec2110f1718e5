"""What a model makes of labeled photos, counted photo by photo."""

import dataclasses
import heapq
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_rcnn.datasets import IGNORE_LABEL
from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.evaluation.calibration import Calibration
from keras_rcnn.evaluation.pixel_distances import (
    border_distances,
    boundary_distances,
)
from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix
from keras_rcnn.reports.confused_examples import ConfusedExamples

# Pixels; infinite where a photo is of one class.
DISTANCE_EDGES = (1, 2, 3, 5, 9, 17, 33, 65, np.inf)
BOUNDARY, BORDER = "nearest other class", "outside of the photo"


@dataclasses.dataclass(frozen=True)
class ScoredPhoto:
    """A photo with its true labels and those that it was given.

    Args:
        name: of the photo.
        accuracy: part of its known pixels that is right.
        image: uint8 `(height, width, 3)`.
        truth: uint8 `(height, width)`, 255 where unknown.
        labels: uint8 `(height, width)`.
    """

    name: str
    accuracy: float
    image: np.ndarray
    truth: np.ndarray
    labels: np.ndarray


class ErrorCounts:
    """Counts the errors of one photo after the other.

    Only counts, the worst photos and small pictures of examples are kept, so
    that memory does not grow with the number of photos.

    Args:
        num_classes: how many classes there are.
        num_worst: how many of the worst photos to keep.
        num_examples: pictures to keep of each pair of classes.
    """

    def __init__(
        self, num_classes: int, num_worst: int, num_examples: int
    ) -> None:
        self.matrix = ConfusionMatrix(num_classes)
        self.by_distance = {
            BOUNDARY: BinnedAccuracy(DISTANCE_EDGES),
            BORDER: BinnedAccuracy(DISTANCE_EDGES),
        }
        self.calibration = Calibration()
        self.by_instance: dict[int, ConfusionMatrix] = {}
        self.examples = ConfusedExamples(num_examples)
        self._num_worst = num_worst
        # The smallest of a heap is its first, here the best of the worst.
        self._worst: list[tuple[float, int, ScoredPhoto]] = []
        self._numbers = itertools.count()

    def add(
        self,
        example: Mapping[str, Any],
        labels: np.ndarray,
        confidence: np.ndarray | None = None,
    ) -> None:
        """Counts a photo.

        Args:
            example: of a `SceneDataset`.
            labels: uint8 `(height, width)`, what the model gave.
            confidence: float32 `(height, width)`, their probabilities, if
                the model tells.
        """
        image, truth = example["image"], example["label"]
        self.matrix.update(truth, labels)
        known = truth != IGNORE_LABEL
        if not known.any():
            return
        right = truth == labels
        for name, distances in (
            (BOUNDARY, boundary_distances(truth)),
            (BORDER, border_distances(*truth.shape)),
        ):
            self.by_distance[name].update(distances[known], right[known])
        if confidence is not None:
            self.calibration.update(
                np.clip(confidence[known], 0, 1), right[known]
            )
        name = example["name"].decode()
        self.examples.add(name, image, truth, labels)
        accuracy = float(right[known].mean())
        self._keep(ScoredPhoto(name, accuracy, image, truth, labels))

    def add_instance(
        self, num_instances: int, truth: np.ndarray, labels: np.ndarray
    ) -> None:
        """Counts the labels of a photo by fewer or all instances."""
        matrix = self.by_instance.setdefault(
            num_instances, ConfusionMatrix(self.matrix.num_classes)
        )
        matrix.update(truth, labels)

    @property
    def worst_photos(self) -> list[ScoredPhoto]:
        """Those of the lowest accuracy, the worst first."""
        ordered = sorted(self._worst, key=lambda each: each[:2], reverse=True)
        return [photo for _, _, photo in ordered]

    def max_confused(self, count: int) -> list[tuple[int, int, int]]:
        """True class, class given and pixels of the commonest errors."""
        counts = self.matrix.counts.copy()
        np.fill_diagonal(counts, 0)
        pairs = [
            (truth, given, int(counts[truth, given]))
            for truth, given in np.argwhere(counts).tolist()
        ]
        return sorted(pairs, key=lambda pair: -pair[2])[:count]

    def _keep(self, photo: ScoredPhoto) -> None:
        # Of photos that are as bad, those that came first.
        entry = (-photo.accuracy, -next(self._numbers), photo)
        if len(self._worst) < self._num_worst:
            heapq.heappush(self._worst, entry)
        elif self._worst and entry[:2] > self._worst[0][:2]:
            heapq.heapreplace(self._worst, entry)

    def figures(self, class_names: Sequence[str]) -> dict[str, Any]:
        """All figures, as JSON can hold them; None where there is none."""
        matrix = self.matrix
        return {
            "pixel_accuracy": matrix.pixel_accuracy,
            "class_accuracy": matrix.class_accuracy,
            "mean_iou": matrix.mean_iou,
            "num_pixels": matrix.num_pixels,
            "per_class": {
                name: {"accuracy": accuracy, "iou": iou}
                for name, accuracy, iou in zip(
                    class_names,
                    _without_nan(matrix.class_accuracies),
                    _without_nan(matrix.class_ious),
                    strict=True,
                )
            },
            "confusion_matrix": matrix.counts.tolist(),
            "max_confused": [
                {
                    "truth": class_names[truth],
                    "labeled": class_names[given],
                    "num_pixels": pixels,
                }
                for truth, given, pixels in self.max_confused(20)
            ],
            "worst_photos": [
                {"name": photo.name, "pixel_accuracy": photo.accuracy}
                for photo in self.worst_photos
            ],
            "distance_edges": list(DISTANCE_EDGES[:-1]),
            "by_distance_to": {
                name: _bins(each) for name, each in self.by_distance.items()
            },
            "by_confidence": _bins(self.calibration),
            "expected_calibration_error": _without_nan(
                np.array([self.calibration.expected_calibration_error])
            )[0],
            "by_num_instances": {
                str(number): each.pixel_accuracy
                for number, each in self.by_instance.items()
            },
        }


def _bins(accuracy: BinnedAccuracy) -> dict[str, list[Any]]:
    return {
        "num_pixels": accuracy.counts.tolist(),
        "pixel_accuracy": _without_nan(accuracy.accuracies),
    }


def _without_nan(numbers: np.ndarray) -> list[float | None]:
    return [None if number != number else number for number in numbers.tolist()]
