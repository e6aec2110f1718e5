"""SavedModels as they label photos, by TensorFlow alone."""

import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes

# What there are signatures for, such as `resolution_8`, one choice at a time.
SIGNATURES = {"output_resolution": "resolution", "num_instances": "instances"}


class SavedModelLabeler:
    """Labels photos by a SavedModel that `export_saved_model` wrote.

    Args:
        path: its folder.
        signature: which of its signatures to ask.

    Call arguments:
        images: photos of one size, uint8.

    Input shape:
        `(batch, height, width, 3)`.

    Output shape:
        Labels, uint8 `(batch, height, width)`.

    Raises:
        InputError: if it is none that labels photos, or has no such
            signature.
    """

    def __init__(
        self,
        path: str | pathlib.Path,
        signature: str = "serving_default",
    ) -> None:
        path = pathlib.Path(path)
        self.class_names, self.palette = _read_classes(
            path / "assets" / CLASSES_FILE
        )
        try:
            # Signatures live only as long as the model: this keeps hold of it.
            self._model = tf.saved_model.load(path)
            signatures = self._model.signatures
            _check(signatures["serving_default"])
        except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
            reason = str(error).split("\n", maxsplit=1)[0]
            raise InputError(
                f"{path} is no SavedModel that labels photos ({reason}): give "
                "one that tools/export.py wrote."
            ) from error
        if signature not in signatures:
            raise InputError(
                f"{path} has no signature {signature}: choose one of "
                f"{', '.join(signatures)}."
            )
        self._labels = signatures[signature]

    def label_with_confidence(
        self, images: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Labels photos and tells how sure of each label the network is.

        Args:
            images: as when called.

        Returns:
            Labels, uint8 `(batch, height, width)`, and their probabilities,
            float32 of the same shape.
        """
        results = self._labels(images=tf.constant(images))
        return results["labels"].numpy(), results["confidence"].numpy()

    def __call__(self, images: Any) -> np.ndarray:
        """Labels photos, one at a time."""
        return np.concatenate(
            [
                self._labels(images=tf.constant(image[np.newaxis]))["labels"]
                for image in np.asarray(images)
            ]
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
            "SavedModel that tools/export.py wrote."
        ) from error
