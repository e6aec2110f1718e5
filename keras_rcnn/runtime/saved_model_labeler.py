"""Labels from SavedModels, with TensorFlow alone."""

import pathlib
import re
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.labeling.batch_labeler import (
    BatchLabeler,
    LabelsAndProbabilities,
)
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.runtime.graph_operations import load_saved_model

_DEFAULT = "serving_default"
_PROBABILITIES = "probabilities"


class SavedModelLabeler(BatchLabeler):
    """Labels photos with a SavedModel that `export_saved_model` wrote.

    Only the default signature gives the probabilities of all classes; every
    signature gives the probability of the label.

    Args:
        path: its folder.
        signature: name of the signature to run.
        trust_model: whether the model may reach files, programs and other
            machines.

    Call arguments, input and output shape: see `Labeler`.

    Raises:
        InputError: if the folder holds no SavedModel that labels photos, the
            SavedModel has no such signature, it is not trusted, or it cannot
            label a photo.
        TooLargeError: if a photo exceeds the size limit of the SavedModel.
    """

    too_large_errors = (tf.errors.ResourceExhaustedError,)

    def __init__(
        self,
        path: str | pathlib.Path,
        signature: str = _DEFAULT,
        trust_model: bool = False,
    ) -> None:
        path = pathlib.Path(path)
        self.class_names, self.palette = _read_classes(
            path / "assets" / CLASSES_FILE
        )
        try:
            # The signatures need a reference to the model.
            self._model, _ = load_saved_model(path, trust_model)
            signatures = self._model.signatures
            _check(signatures[_DEFAULT])
        except InputError:
            raise
        except Exception as error:  # Broken files raise errors of any class.
            reason = str(error).split("\n", maxsplit=1)[0]
            raise InputError(
                f"{path} is no SavedModel that labels photos ({reason}): "
                "give a folder that `keras-rcnn export` wrote."
            ) from error
        if signature not in signatures:
            raise InputError(
                f"{path} has no signature {signature}: choose one of "
                f"{', '.join(signatures)}."
            )
        self._signature = signatures[signature]
        self._probabilities = (
            signatures[_PROBABILITIES] if signature == _DEFAULT else None
        )

    def label_with_confidence(
        self, photos: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Returns labels and their probabilities."""
        return self._apply(photos, probabilities=False, confidence=True)

    def _label(
        self,
        photos: np.ndarray,
        probabilities: bool,
        confidence: bool = False,
    ) -> LabelsAndProbabilities:
        if probabilities and self._probabilities is not None:
            return _run(self._probabilities, photos, _PROBABILITIES)
        if confidence:
            return _run(self._signature, photos, "confidence")
        # One by one, so that a batch takes no more memory than a photo.
        labels = [
            _run(self._signature, photo[np.newaxis])[0] for photo in photos
        ]
        return np.concatenate(labels), None


def _run(
    signature: Any, photos: np.ndarray, second: str | None = None
) -> LabelsAndProbabilities:
    try:
        results = signature(images=tf.constant(photos))
    except tf.errors.InvalidArgumentError as error:
        raise _explained(error.message, *photos.shape[1:3]) from error
    labels = results["labels"].numpy()
    return labels, None if second is None else results[second].numpy()


def _explained(message: str, height: int, width: int) -> InputError:
    if limit := re.search(r"\[pixels allowed:\] \[(\d+)\]", message):
        takes = f"this SavedModel, which takes at most {limit[1]} pixels"
        return TooLargeError(height, width, takes)
    reason = message.strip().split("\n", maxsplit=1)[0]
    return InputError(
        f"The SavedModel cannot label a photo of {width}x{height} pixels "
        f"({reason}): give one that `keras-rcnn export` wrote."
    )


def _check(signature: Any) -> None:
    takes = signature.structured_input_signature[1]
    if takes["images"].dtype != tf.uint8:
        raise KeyError("uint8 images")
    if signature.structured_outputs["labels"].dtype != tf.uint8:
        raise KeyError("uint8 labels")


def _read_classes(
    path: pathlib.Path,
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    try:
        return read_classes(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} does not name the classes and their colors: give a "
            "SavedModel that `keras-rcnn export` wrote."
        ) from error
