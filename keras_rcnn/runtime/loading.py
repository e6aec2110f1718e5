"""Trained models as they lie on disk, ready to label photos."""

import contextlib
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
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler
from keras_rcnn.runtime.onnx_labeler import OnnxLabeler
from keras_rcnn.runtime.saved_model_labeler import (
    SIGNATURES,
    SavedModelLabeler,
)

Bands = Callable[..., Iterator[dict[str, np.ndarray]]]
# What a model says of photos beyond the memory, or beyond the bound that a
# SavedModel has of its own.
TOO_LARGE = (
    tf.errors.ResourceExhaustedError,
    tf.errors.InvalidArgumentError,
)
_SAVED_MODEL_FILE = "saved_model.pb"
_ENGINES: dict[str, Any] = {".tflite": LiteRTLabeler, ".onnx": OnnxLabeler}


@dataclasses.dataclass(frozen=True)
class Labeler:
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
        smoothing: side of the square of pixels whose scores are averaged;
            None if the model does not tell.

    Call arguments:
        photo: uint8.
        name: what to call the photo if it cannot be labeled.

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
    smoothing: int | None = None

    def __call__(
        self, photo: np.ndarray, name: str | pathlib.Path = "The photo"
    ) -> np.ndarray:
        """Labels a photo."""
        with _fitting(photo, name):
            return np.asarray(self.label_batch(photo[None])[0])

    def label_with_confidence(
        self, photo: np.ndarray, name: str | pathlib.Path = "The photo"
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Labels a photo and tells how sure of each label the network is.

        Args:
            photo: as when called.
            name: likewise.

        Returns:
            Labels, uint8 `(height, width)`, and their probabilities, float32
            of the same shape, or None if the model does not tell.

        Raises:
            InputError: as when called.
        """
        with _fitting(photo, name):
            if isinstance(self.label_batch, SceneLabeler):
                labels, probabilities = self.label_batch(
                    photo[None], return_probabilities=True
                )
                return labels[0], probabilities[0].max(axis=-1)
            if isinstance(self.label_batch, SavedModelLabeler):
                labels, confidence = self.label_batch.label_with_confidence(
                    photo[None]
                )
                return labels[0], confidence[0]
        return self(photo, name), None


@contextlib.contextmanager
def _fitting(photo: np.ndarray, name: str | pathlib.Path) -> Iterator[None]:
    """Says so of a photo that does not fit in memory."""
    try:
        yield
    except TOO_LARGE as error:
        height, width = photo.shape[:2]
        raise InputError(
            f"{name}, {width}x{height} pixels, is too large for the memory: "
            "scale it down (--longest_side) or compute fewer labels "
            "(--output_resolution)."
        ) from error


def load_labeler(
    path: str | pathlib.Path,
    method: str | None = None,
    output_resolution: int | None = None,
    num_instances: int | None = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
    precision: str | None = None,
    num_threads: int | None = None,
    smoothing: int | None = None,
) -> Labeler:
    """Loads a model to label with.

    Args:
        path: a `.keras` file, a folder with a `model.keras`, any other
            SavedModel folder that `export_saved_model` wrote, or a `.tflite`
            or `.onnx` file that `export_litert` or `export_onnx` wrote.
        method: as for `SceneLabeler`; `fragments` by default.
        output_resolution: as for `SceneLabeler`; 1 by default.
        num_instances: as for `SceneLabeler`; those of the model by default.
        memory_mb: as for `SceneLabeler`; other forms do not tell.
        precision: as for `SceneLabeler`; `auto` by default.
        num_threads: of LiteRT or ONNX Runtime.
        smoothing: as for `SceneLabeler`; 1 by default.

    Raises:
        InputError: if there is no model, or it cannot be used like this: a
            SavedModel alone labels in the ways that it has signatures for,
            a `.tflite` or `.onnx` file in one.
    """
    path = pathlib.Path(path).expanduser()
    choices: dict[str, Any] = {
        "method": method,
        "output_resolution": output_resolution,
        "num_instances": num_instances,
        "precision": precision,
        "num_threads": num_threads,
        "smoothing": smoothing,
    }
    chosen = {
        name: value for name, value in choices.items() if value is not None
    }
    if path.suffix.lower() in _ENGINES:
        return _load_for_engine(path, chosen)
    if num_threads is not None:
        raise InputError(
            f"--num_threads is for {' and '.join(_ENGINES)} files, and {path} "
            "is none: leave it out."
        )
    is_saved_model = (path / _SAVED_MODEL_FILE).is_file()
    if is_saved_model and not (path / MODEL_FILE).is_file():
        return _load_saved_model(path, chosen)
    labeler = SceneLabeler(load_model(path), memory_mb=memory_mb, **chosen)
    return Labeler(
        labeler,
        labeler.model.class_names,
        labeler.model.palette,
        labeler.num_instances,
        labeler.output_resolution,
        labeler.label_in_bands,
        labeler.graph.smoothing,
    )


def _load_saved_model(path: pathlib.Path, chosen: dict[str, Any]) -> Labeler:
    signature = "serving_default"
    for name, value in chosen.items():
        if name not in SIGNATURES or len(chosen) > 1:
            raise InputError(
                f"{path} holds no {MODEL_FILE}, so its {' and '.join(chosen)} "
                f"cannot be chosen: leave --{' and --'.join(chosen)} out, or "
                f"put the {MODEL_FILE} it was exported from beside it."
            )
        signature = f"{SIGNATURES[name]}_{value}"
    labeler = SavedModelLabeler(path, signature)
    return Labeler(labeler, labeler.class_names, labeler.palette, None, None)


def _load_for_engine(path: pathlib.Path, chosen: dict[str, Any]) -> Labeler:
    if not path.is_file():
        raise InputError(
            f"{path}: no model there; give a file that tools/export.py wrote."
        )
    threads = {"num_threads"}
    labeler = _ENGINES[path.suffix.lower()](
        path, **{name: chosen[name] for name in threads & set(chosen)}
    )
    for name in sorted(set(chosen) - threads):
        raise InputError(
            f"{path} labels in one way, so its {name} cannot be chosen: leave "
            f"--{name} out, or export another file."
        )
    return Labeler(labeler, labeler.class_names, labeler.palette, None, None)
