"""The errors of a labeler on labeled photos, counted photo by photo."""

import dataclasses
import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.evaluation.calibration import Calibration
from keras_rcnn.evaluation.pixel_distances import (
    border_distances,
    boundary_distances,
)
from keras_rcnn.evaluation.scoring import evaluate, none_if_nan
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.metrics import ConfusionMatrix

# Pixels; infinite where a photo is of one class.
DISTANCE_EDGES = (1, 2, 3, 5, 9, 17, 33, 65, np.inf)
BOUNDARY, BORDER = "nearest other class", "outside of the photo"


@dataclasses.dataclass(frozen=True)
class ScoredPhoto:
    """A photo with its true labels and the labels of the model.

    Args:
        name: name of the photo.
        accuracy: fraction of its known pixels that is right.
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

    Only counts and the worst photos are kept, so that memory does not grow
    with the number of photos.

    Args:
        num_classes: number of classes.
        num_worst: how many of the worst photos to keep.
    """

    def __init__(self, num_classes: int, num_worst: int) -> None:
        self.matrix = ConfusionMatrix(num_classes)
        self.by_distance = {
            BOUNDARY: BinnedAccuracy(DISTANCE_EDGES),
            BORDER: BinnedAccuracy(DISTANCE_EDGES),
        }
        self.calibration = Calibration()
        self.by_instance: dict[int, ConfusionMatrix] = {}
        """All photos labeled with 1, 2, ... instances, if there is a choice."""
        self._num_worst = num_worst
        # A heap; its first entry is the best of the worst photos.
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
            example: a photo of a `SceneDataset`.
            labels: uint8 `(height, width)`, labels of the model.
            confidence: float32 `(height, width)`, the probability of each
                label; None if the model gives none.
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
        accuracy = float(right[known].mean())
        self._keep(ScoredPhoto(name, accuracy, image, truth, labels))

    @property
    def worst_photos(self) -> list[ScoredPhoto]:
        """The photos of the lowest accuracy, the worst first."""
        ordered = sorted(self._worst, key=lambda each: each[:2], reverse=True)
        return [photo for _, _, photo in ordered]

    def most_confused(self, count: int) -> list[tuple[int, int, int]]:
        """True class, label and pixels of the most frequent errors."""
        counts = self.matrix.counts.copy()
        np.fill_diagonal(counts, 0)
        pairs = [
            (truth, given, int(counts[truth, given]))
            for truth, given in np.argwhere(counts).tolist()
        ]
        return sorted(pairs, key=lambda pair: -pair[2])[:count]

    def _keep(self, photo: ScoredPhoto) -> None:
        # Of equally bad photos, the first ones are kept.
        entry = (-photo.accuracy, -next(self._numbers), photo)
        if len(self._worst) < self._num_worst:
            heapq.heappush(self._worst, entry)
        elif self._worst and entry[:2] > self._worst[0][:2]:
            heapq.heapreplace(self._worst, entry)

    def figures(self, class_names: Sequence[str]) -> dict[str, Any]:
        """All figures, ready for JSON; None stands for one without pixels."""
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
            "most_confused": [
                {
                    "truth": class_names[truth],
                    "labeled": class_names[given],
                    "num_pixels": pixels,
                }
                for truth, given, pixels in self.most_confused(20)
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
            "expected_calibration_error": none_if_nan(
                self.calibration.expected_calibration_error
            ),
            "by_num_instances": {
                str(number): each.pixel_accuracy
                for number, each in self.by_instance.items()
            },
        }


def count_errors(
    labeler: Any,
    dataset: SceneDataset,
    *,
    num_worst: int,
    fewer_instances: Mapping[int, Any] | None = None,
    on_photo: Callable[[Mapping[str, Any], np.ndarray], None] | None = None,
    progress: bool = True,
) -> ErrorCounts:
    """Labels all photos of a data set and counts the errors.

    Args:
        labeler: the `Labeler` to look at.
        dataset: photos with labels of the same classes.
        num_worst: how many of the worst photos to keep.
        fewer_instances: the same network applied 1, 2, ... times, by this
            number, to count what each further instance adds.
        on_photo: called with the example and the labels of each photo.
        progress: whether to show a progress bar on stderr.

    Raises:
        InputError: if no pixel has a known class.
    """
    counts = ErrorCounts(dataset.num_classes, num_worst)

    def add(
        example: Mapping[str, Any],
        labels: np.ndarray,
        confidence: np.ndarray | None,
    ) -> None:
        counts.add(example, labels, confidence)
        if on_photo:
            on_photo(example, labels)

    evaluate(
        labeler, dataset, on_photo=add, with_confidence=True, progress=progress
    ).require_known_pixels()
    for number, other in (fewer_instances or {}).items():
        evaluation = evaluate(
            other, dataset, progress=progress, title=f"Instance {number}"
        )
        counts.by_instance[number] = evaluation.matrix
    if counts.by_instance:
        counts.by_instance[1 + max(counts.by_instance)] = counts.matrix
    return counts


def _bins(accuracy: BinnedAccuracy) -> dict[str, list[Any]]:
    return {
        "num_pixels": accuracy.counts.tolist(),
        "pixel_accuracy": _without_nan(accuracy.accuracies),
    }


def _without_nan(numbers: np.ndarray) -> list[float | None]:
    return [none_if_nan(number) for number in numbers.tolist()]
