"""Labels from the mean of several probabilities."""

import abc
from collections.abc import Iterator

import numpy as np

from keras_rcnn.labeling.batch_labeler import (
    BatchLabeler,
    LabelsAndProbabilities,
)


class AverageLabeler(BatchLabeler):
    """Averages probabilities of the same classes; a subclass yields them."""

    @abc.abstractmethod
    def _predictions(self, photos: np.ndarray) -> Iterator[np.ndarray]:
        """Yields float32 `(batch, height, width, num_classes)`, one or more.

        Args:
            photos: uint8 `(batch, height, width, 3)`.
        """

    def _label(
        self, photos: np.ndarray, probabilities: bool
    ) -> LabelsAndProbabilities:
        shape = *photos.shape[:3], len(self.class_names)
        mean = np.zeros(shape, np.float32)
        count = 0
        for prediction in self._predictions(photos):
            mean += prediction
            count += 1
        mean /= count
        return np.argmax(mean, axis=-1).astype(np.uint8), mean
