"""Which photos to label next, by what a model does not know about them."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from keras_rcnn.labeling.ensemble import Ensemble
from keras_rcnn.labeling.labeler import Labeler
from keras_rcnn.labeling.scene_labeler import SceneLabeler

# Cells along each side of a photo whose mean probabilities describe it.
_CELLS = 4


@dataclasses.dataclass(frozen=True)
class UnknownPixels:
    """What a model does not know about a photo.

    Args:
        labels: uint8 `(height, width)`, as the model gives them.
        uncertainty: float32 `(height, width)`, 1 minus the probability of the
            label of each pixel.
        disagreement: float32 `(height, width)`, the part of the probability
            that an earlier instance, or one of several models, gives to other
            classes, on average.
        description: float32 `(16 * num_classes,)`, the mean probability of
            each class in each of 4x4 cells of the photo, with the sum 1.
    """

    labels: np.ndarray
    uncertainty: np.ndarray
    disagreement: np.ndarray
    description: np.ndarray

    @property
    def score(self) -> float:
        """The mean uncertainty plus the mean disagreement of the pixels."""
        return float(self.uncertainty.mean() + self.disagreement.mean())


class UncertaintyEstimator:
    """Finds what a model does not know about photos.

    A network of several instances is applied 1, 2, ... times as well. Where
    these do not agree, the last instance has changed the labels of the first
    ones by what it saw around them.

    Args:
        labeler: of any model that gives probabilities.
    """

    def __init__(self, labeler: Labeler) -> None:
        self.labeler = labeler
        self.others = _others(labeler)

    def __call__(self, photo: np.ndarray) -> UnknownPixels:
        """Looks at a photo, uint8 `(height, width, 3)`.

        Raises:
            InputError: if the model gives no probabilities.
        """
        found = self.labeler.predict_proba(photo)
        disagreement = np.zeros(found.shape[:2], np.float32)
        for other in self.others:
            # The total variation distance of two distributions.
            difference = np.abs(other.predict_proba(photo) - found)
            disagreement += difference.sum(axis=-1) / 2 / len(self.others)
        return UnknownPixels(
            found.argmax(axis=-1).astype(np.uint8),
            1 - found.max(axis=-1),
            disagreement,
            _describe(found),
        )


def rank_photos(
    scores: Sequence[float], descriptions: Sequence[np.ndarray]
) -> list[int]:
    """The order in which to label photos, the first one first.

    Each next photo has the highest product of its score and its distance to
    the nearest photo before it, the total variation distance of their
    descriptions. So uncertain photos come first, and photos like those before
    them are passed over.

    Args:
        scores: one for each photo, not negative.
        descriptions: of the photos, see `UnknownPixels`.

    Returns:
        The numbers of all photos.

    >>> rank_photos([0.5, 0.4, 0.2], np.array([[1, 0], [1, 0], [0, 1]]))
    [0, 2, 1]
    """
    left = np.asarray(scores, np.float64)
    table = np.asarray(descriptions, np.float32)
    distances = np.ones(len(left))
    order: list[int] = []
    waiting = np.ones(len(left), bool)
    for _ in range(len(left)):
        # Of photos at distance 0, the most uncertain one comes first.
        values = np.where(waiting, left * (distances + 1e-9), -1)
        chosen = int(np.argmax(values))
        order.append(chosen)
        waiting[chosen] = False
        difference = np.abs(table - table[chosen]).sum(axis=-1) / 2
        distances = np.minimum(distances, difference)
    return order


def _others(labeler: Labeler) -> list[Labeler]:
    """What should agree with a labeler: its earlier instances, its models."""
    if isinstance(labeler, SceneLabeler):
        return [
            labeler.with_instances(number)
            for number in range(1, labeler.num_instances)
        ]
    if isinstance(labeler, Ensemble):
        return [
            other
            for each in labeler.labelers
            for other in (each, *_others(each))
        ]
    return []


def _describe(probabilities: np.ndarray) -> np.ndarray:
    """Mean probabilities of the cells of a photo."""
    rows, columns = (
        [
            slice(
                n * size // _CELLS, n * size // _CELLS + max(1, size // _CELLS)
            )
            for n in range(_CELLS)
        ]
        for size in probabilities.shape[:2]
    )
    cells = [
        probabilities[row, column].mean(axis=(0, 1))
        for row in rows
        for column in columns
    ]
    return np.concatenate(cells) / len(cells)
