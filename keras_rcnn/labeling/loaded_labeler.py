"""Trained models as they lie on disk, ready to label photos."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.memory import DEFAULT_MEMORY_MB
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.models.saving import MODEL_FILE, load_model

Bands = Callable[..., Iterator[dict[str, np.ndarray]]]
_SAVED_MODEL_FILE = "saved_model.pb"


@dataclasses.dataclass(frozen=True)
class LoadedLabeler:
    """Labels photos by a model of either form.

    Args:
        label_batch: labels uint8 `(batch, height, width)` of photos, uint8
            `(batch, height, width, 3)`.
        class_names: one for each label.
        palette: red, green and blue of each class.
        num_instances: how often the network is applied; None if the model
            does not tell.
        output_resolution: pixels from one computed label to the next; None
            if the model does not tell.
        label_in_bands: labels of a picture that need not fit in memory, as
            `SceneLabeler.label_in_bands`; None if the model cannot cut
            pictures into tiles.

    Call arguments:
        photo: uint8.
        name: what to call the photo if it cannot be labelled.

    Input shape:
        `(height, width, 3)`.

    Output shape:
        uint8 `(height, width)`.

    Raises:
        InputError: if the photo is too large for the memory.
    """

    label_batch: Callable[[np.ndarray], Any]
    class_names: tuple[str, ...]
    palette: tuple[tuple[int, ...], ...]
    num_instances: int | None
    output_resolution: int | None
    label_in_bands: Bands | None = None

    def __call__(
        self, photo: np.ndarray, name: str | pathlib.Path = "The photo"
    ) -> np.ndarray:
        """Labels a photo."""
        try:
            return np.asarray(self.label_batch(photo[None])[0])
        except tf.errors.ResourceExhaustedError as error:
            height, width = photo.shape[:2]
            raise InputError(
                f"{name}, {width}x{height} pixels, is too large for the "
                "memory: scale it down (--longest_side) or compute fewer "
                "labels (--output_resolution)."
            ) from error


def load_labeler(
    path: str | pathlib.Path,
    method: str | None = None,
    output_resolution: int | None = None,
    num_instances: int | None = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
    precision: str | None = None,
) -> LoadedLabeler:
    """Loads a model to label with.

    Args:
        path: a `.keras` file, a folder with a `model.keras`, or any other
            SavedModel folder that `export_saved_model` wrote.
        method: as for `SceneLabeler`; `fragments` by default.
        output_resolution: as for `SceneLabeler`; 1 by default.
        num_instances: as for `SceneLabeler`; those of the model by default.
        memory_mb: as for `SceneLabeler`; a SavedModel alone labels photos
            whole, one at a time, whatever they take.
        precision: as for `SceneLabeler`; `auto` by default.

    Raises:
        InputError: if there is no model, or it cannot be used like this; a
            SavedModel alone labels in the one way it was exported with.
    """
    path = pathlib.Path(path).expanduser()
    if path.suffix.lower() == ".tflite":
        raise InputError(
            f"{path}: LiteRT models are not supported yet; give a SavedModel "
            "folder or a .keras file."
        )
    choices: dict[str, Any] = {
        "method": method,
        "output_resolution": output_resolution,
        "num_instances": num_instances,
        "precision": precision,
    }
    chosen = {
        name: value for name, value in choices.items() if value is not None
    }
    is_saved_model = (path / _SAVED_MODEL_FILE).is_file()
    if is_saved_model and not (path / MODEL_FILE).is_file():
        for name in chosen:
            raise InputError(
                f"{path} holds no {MODEL_FILE}, so its {name} cannot be "
                f"chosen: leave --{name} out, or put the {MODEL_FILE} it was "
                "exported from beside it."
            )
        return _load_saved_model(path)
    labeler = SceneLabeler(load_model(path), memory_mb=memory_mb, **chosen)
    return LoadedLabeler(
        labeler,
        labeler.model.class_names,
        labeler.model.palette,
        labeler.num_instances,
        labeler.output_resolution,
        labeler.label_in_bands,
    )


def _load_saved_model(path: pathlib.Path) -> LoadedLabeler:
    class_names, palette = _read_classes(path / "assets" / "classes.txt")
    try:
        model = tf.saved_model.load(path)
        signature = model.signatures["serving_default"]
        takes = signature.structured_input_signature[1]
        if takes["images"].dtype != tf.uint8:
            raise KeyError("uint8 images")
        if signature.structured_outputs["labels"].dtype != tf.uint8:
            raise KeyError("uint8 labels")
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise InputError(
            f"{path} is no SavedModel that labels photos ({reason}): give one "
            "that tools/export.py wrote."
        ) from error

    def label_batch(photos: np.ndarray) -> np.ndarray:
        # Signatures live only as long as the model: this keeps hold of it.
        signature = model.signatures["serving_default"]
        labels = [
            signature(images=tf.constant(photo[np.newaxis]))["labels"]
            for photo in photos
        ]
        return np.concatenate(labels)

    return LoadedLabeler(label_batch, class_names, palette, None, None)


def _read_classes(
    path: pathlib.Path,
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Names and colours from lines such as `sky #87ceeb`."""
    names, palette = [], []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, colour = line.rpartition(" #")
            red, green, blue = bytes.fromhex(colour)
            names.append(name)
            palette.append((red, green, blue))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} does not name the classes and their colours: give a "
            "SavedModel that tools/export.py wrote."
        ) from error
    return tuple(names), tuple(palette)
