"""Labels from the mean of the frames of a video."""

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.batch_labeler import (
    BatchLabeler,
    LabelsAndProbabilities,
)
from keras_rcnn.labeling.labeler import Labeler


class TemporalAverage(BatchLabeler):
    r"""Averages the probabilities of a frame and of all frames before it.

    The mean of frame :math:`t` is :math:`m_t = w\,m_{t-1} + (1 - w)\,p_t`,
    where :math:`p_t` are the probabilities of the frame and :math:`w` is
    `weight`; :math:`m_0 = p_0`. A frame that is :math:`1 / (1 - w)` frames old
    counts about a third as much as the newest.

    Args:
        labeler: labels each frame; it must give probabilities.
        weight: of the frames before, from 0 to less than 1.

    Attributes:
        mean: :math:`m_t` of the last frame; None starts again.

    Call arguments, input and output shape: see `Labeler`. The frames of a
    batch follow each other. A frame of another size starts again.

    Raises:
        InputError: if the weight is impossible.
    """

    def __init__(self, labeler: Labeler, weight: float) -> None:
        if not 0 <= weight < 1:
            raise InputError(
                f"weight={weight}: give at least 0 and less than 1."
            )
        self.labeler = labeler
        self.weight = np.float32(weight)
        self.mean: np.ndarray | None = None
        self.class_names = labeler.class_names
        self.palette = labeler.palette
        self.num_instances = labeler.num_instances
        self.output_resolution = labeler.output_resolution
        self.smoothing = labeler.smoothing

    def _label(
        self, photos: np.ndarray, probabilities: bool
    ) -> LabelsAndProbabilities:
        means = np.stack([self._next_mean(photo) for photo in photos])
        return np.argmax(means, axis=-1).astype(np.uint8), means

    def _next_mean(self, photo: np.ndarray) -> np.ndarray:
        new = self.labeler.predict_proba(photo)
        if self.mean is not None and self.mean.shape == new.shape:
            new = self.weight * self.mean + (1 - self.weight) * new
        self.mean = new
        return new
