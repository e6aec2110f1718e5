"""What the labelers of LiteRT and ONNX files share."""

import abc

import numpy as np

from keras_rcnn.labeling.batch_labeler import (
    BatchLabeler,
    LabelsAndProbabilities,
)
from keras_rcnn.runtime.fixed_size import label_at_size


class EngineLabeler(BatchLabeler):
    """Labels photos one by one with an inference engine.

    A file for photos of one size gets every photo scaled to that size,
    whatever its shape, and the results are scaled back, as on a phone.
    """

    # Height and width of all photos, or None for any size.
    size: tuple[int, int] | None

    @abc.abstractmethod
    def _run(self, photo: np.ndarray) -> np.ndarray:
        """Runs the engine.

        Args:
            photo: uint8 `(height, width, 3)`.

        Returns:
            What the file gives: labels `(height, width)`, or probabilities
            `(height, width, num_classes)`.
        """

    def _label(
        self, photos: np.ndarray, probabilities: bool
    ) -> LabelsAndProbabilities:
        outputs = np.stack(
            [label_at_size(self._run, photo, self.size) for photo in photos]
        )
        if outputs.ndim == 3:
            return outputs.astype(np.uint8), None
        return outputs.argmax(axis=-1).astype(np.uint8), outputs
