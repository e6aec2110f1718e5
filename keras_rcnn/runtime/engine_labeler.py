"""What the labelers of LiteRT and ONNX files share."""

import abc
import pathlib

import numpy as np

from keras_rcnn.errors import InputError
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

    path: pathlib.Path
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
        try:
            outputs = np.stack(
                [label_at_size(self._run, photo, self.size) for photo in photos]
            )
        except InputError:
            raise
        except Exception as error:  # engines raise errors of any class
            reason = str(error).strip().split("\n", maxsplit=1)[0]
            raise self._damaged(reason) from error
        if outputs.shape[:3] != photos.shape[:3]:
            raise self._damaged(f"an output of shape {outputs.shape}")
        gives_labels = outputs.ndim == 3
        labels = outputs if gives_labels else outputs.argmax(axis=-1)
        if labels.max(initial=0) >= len(self.class_names):
            raise self._damaged(f"the label {labels.max()}")
        return labels.astype(np.uint8), None if gives_labels else outputs

    def _damaged(self, reason: str) -> InputError:
        return InputError(
            f"{self.path} does not label this photo ({reason}): it may be "
            "damaged; export it again."
        )
