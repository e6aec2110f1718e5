"""Scores of a labeler on labeled photos."""

import dataclasses
import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tqdm

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeler import Labeler, naming_photo
from keras_rcnn.metrics import ConfusionMatrix

Label = Callable[[np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The result of `evaluate`.

    Args:
        matrix: confusion matrix of all pixels whose true class is known.
        agreement: fraction of all pixels that have the label that the
            reference gave them; None without a reference.
        seconds: time that the labeler took for all photos.
        num_images: number of photos.
    """

    matrix: ConfusionMatrix
    agreement: float | None
    seconds: float
    num_images: int

    def require_known_pixels(self) -> None:
        """Refuses photos without any pixel whose class is known.

        Raises:
            InputError: if no pixel was counted.
        """
        if not self.matrix.num_pixels:
            raise InputError(
                f"No pixel of the {self.num_images} photos has a known class: "
                "choose another split or data set."
            )

    def report(self, labeler: Labeler, dataset: SceneDataset) -> dict[str, Any]:
        """All scores, ready for JSON; None stands for a score without pixels.

        Args:
            labeler: the `Labeler` that was evaluated.
            dataset: the photos that it was evaluated on.

        Raises:
            InputError: if no pixel was counted.
        """
        self.require_known_pixels()
        matrix = self.matrix
        accuracies = map(none_if_nan, matrix.class_accuracies.tolist())
        return {
            "pixel_accuracy": matrix.pixel_accuracy,
            "pixel_accuracy_standard_error": none_if_nan(
                matrix.pixel_accuracy_standard_error
            ),
            "class_accuracy": matrix.class_accuracy,
            "mean_iou": matrix.mean_iou,
            "per_class": dict(
                zip(dataset.class_names, accuracies, strict=True)
            ),
            "confusion_matrix": matrix.counts.tolist(),
            "num_images": self.num_images,
            "num_pixels": matrix.num_pixels,
            "agreement_with_reference": self.agreement,
            "seconds_per_image": self.seconds / self.num_images,
            "num_instances": labeler.num_instances,
            "output_resolution": labeler.output_resolution,
            "smoothing": labeler.smoothing,
        }


def evaluate(
    labeler: Any,
    dataset: SceneDataset,
    *,
    reference: Label | None = None,
    on_photo: Callable[..., None] | None = None,
    with_confidence: bool = False,
    progress: bool = True,
    title: str = "Scoring",
) -> Evaluation:
    """Labels all photos of a data set and compares with their true labels.

    Each photo is labeled at its own size, one after the other.

    Args:
        labeler: a `Labeler`, or any function of a photo, uint8
            `(height, width, 3)`, that returns labels, uint8
            `(height, width)`.
        dataset: photos with labels of the same classes.
        reference: another labeler, to count the pixels on which both agree.
        on_photo: called with the example and the labels of each photo.
        with_confidence: calls `label_with_confidence` of the labeler, and
            `on_photo` with the probability of each label, float32
            `(height, width)` or None, as third argument.
        progress: whether to show a progress bar on stderr.
        title: title of the progress bar.
    """
    label = labeler.label_with_confidence if with_confidence else labeler
    # The first call builds graphs, which takes seconds.
    label(np.zeros((1, 1, 3), np.uint8))
    matrix = ConfusionMatrix(dataset.num_classes)
    seconds = 0.0
    num_images = num_equal = num_pixels = 0
    photos = tqdm.tqdm(
        dataset.examples.as_numpy_iterator(),
        title,
        dataset.num_examples,
        unit="photo",
        file=sys.stderr,
        disable=not progress,
    )
    for example in photos:
        start = time.perf_counter()
        with naming_photo(example["name"].decode()):
            result = label(example["image"])
        seconds += time.perf_counter() - start
        labels, *confidence = result if with_confidence else (result,)
        num_images += 1
        matrix.update(example["label"], labels)
        if reference:
            equal = labels == reference(example["image"])
            num_equal += int(np.count_nonzero(equal))
            num_pixels += labels.size
        if on_photo:
            on_photo(example, labels, *confidence)
        if matrix.num_pixels:
            accuracy = f"{100 * matrix.pixel_accuracy:.1f} % right"
            photos.set_postfix_str(accuracy, refresh=False)
    agreement = num_equal / num_pixels if num_pixels else None
    return Evaluation(matrix, agreement, seconds, num_images)


def none_if_nan(value: float) -> float | None:
    """The value, or None for NaN, which JSON cannot hold."""
    return None if math.isnan(value) else value
