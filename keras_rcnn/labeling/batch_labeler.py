"""What all labelers share."""

import abc
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeler import TooLargeError

LabelsAndProbabilities = tuple[np.ndarray, np.ndarray | None]


class BatchLabeler(abc.ABC):
    """Labels single photos and batches; a subclass labels batches only.

    It has all methods and attributes of the protocol `Labeler`. Calling it
    with `return_probabilities=True` gives labels and probabilities.
    """

    class_names: tuple[str, ...]
    palette: tuple[tuple[int, ...], ...]
    num_instances: int | None = None
    output_resolution: int | None = None
    smoothing: int | None = None
    # Errors of the engine when a photo is too large.
    too_large_errors: tuple[type[Exception], ...] = ()

    @abc.abstractmethod
    def _label(
        self, photos: np.ndarray, probabilities: bool
    ) -> LabelsAndProbabilities:
        """Labels a batch.

        Args:
            photos: uint8 `(batch, height, width, 3)`.
            probabilities: whether probabilities are wanted.

        Returns:
            Labels, uint8 `(batch, height, width)`; and probabilities, float32
            `(batch, height, width, num_classes)`, or None if the model gives
            none or none are wanted.
        """

    def __call__(
        self, photos: np.ndarray, return_probabilities: bool = False
    ) -> Any:
        """Labels photos."""
        if return_probabilities:
            return self._labels_and_probabilities(photos)
        return self._apply(photos, probabilities=False)[0]

    def predict_proba(self, photos: np.ndarray) -> np.ndarray:
        """Returns the probability of each class for each pixel."""
        return self._labels_and_probabilities(photos)[1]

    def label_with_confidence(
        self, photos: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Returns labels and their probabilities, None if there are none."""
        labels, probabilities = self._apply(photos, probabilities=True)
        if probabilities is None:
            return labels, None
        return labels, probabilities.max(axis=-1)

    def _labels_and_probabilities(
        self, photos: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        labels, probabilities = self._apply(photos, probabilities=True)
        if probabilities is None:
            raise no_probabilities()
        return labels, probabilities

    def _apply(self, photos: Any, **options: Any) -> LabelsAndProbabilities:
        """Labels one photo or a batch by `_label`."""
        photos = np.asarray(photos)
        _check(photos)
        is_batch = photos.ndim == 4
        batch = photos if is_batch else photos[np.newaxis]
        try:
            labels, probabilities = self._label(batch, **options)
        except self.too_large_errors as error:
            raise TooLargeError(*batch.shape[1:3]) from error
        if is_batch:
            return labels, probabilities
        return labels[0], None if probabilities is None else probabilities[0]


def no_probabilities() -> InputError:
    """Returns the error of a model that gives labels alone."""
    return InputError(
        "This model gives labels without probabilities: give a .keras file, or "
        "a LiteRT file of keras-rcnn export --litert_output=probabilities."
    )


def _check(photos: np.ndarray) -> None:
    is_photo = photos.ndim in (3, 4) and photos.shape[-1] == 3
    if photos.dtype != np.uint8 or not is_photo:
        raise InputError(
            f"Photos of type {photos.dtype} and shape {photos.shape}: give "
            "uint8 of shape (height, width, 3) or (batch, height, width, 3)."
        )
    if 0 in photos.shape:
        raise InputError(
            f"Photos of shape {photos.shape} have no pixels: give at least one."
        )
