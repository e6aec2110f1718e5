"""Labelers from the files and folders that hold trained models."""

import pathlib
from typing import Any

import keras_rcnn
from keras_rcnn.errors import InputError, require_tensorflow
from keras_rcnn.labeling.labeler import DEFAULT_MEMORY_MB, Labeler
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler
from keras_rcnn.runtime.onnx_labeler import OnnxLabeler

# Choices of which a SavedModel has signatures, such as `resolution_8`, one
# choice at a time.
SIGNATURES = {"output_resolution": "resolution", "num_instances": "instances"}
_SAVED_MODEL_FILE = "saved_model.pb"
_ENGINES: dict[str, Any] = {".tflite": LiteRTLabeler, ".onnx": OnnxLabeler}


def load_labeler(
    path: str | pathlib.Path,
    method: str | None = None,
    output_resolution: int | None = None,
    num_instances: int | None = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
    precision: str | None = None,
    num_threads: int | None = None,
    smoothing: int | None = None,
    trust_model: bool = False,
) -> Labeler:
    """Loads a trained model to label photos with.

    A folder that holds a SavedModel and the `model.keras` that it was exported
    from is loaded as the network, which offers all choices.

    Args:
        path: any argument of `load_model`; or a SavedModel folder, a `.tflite`
            or an `.onnx` file that the functions of `keras_rcnn.export` wrote.
        method: see `SceneLabeler`; `fragments` by default.
        output_resolution: see `SceneLabeler`; 1 by default.
        num_instances: see `SceneLabeler`; the model's own by default.
        memory_mb: see `SceneLabeler`. LiteRT and ONNX files for any size take
            about as much; SavedModels ignore it.
        precision: see `SceneLabeler`; `auto` by default.
        num_threads: number of threads of LiteRT or ONNX Runtime.
        smoothing: see `SceneLabeler`; 1 by default.
        trust_model: whether a SavedModel may reach files, programs and other
            machines.

    Raises:
        InputError: if there is no model, or it does not offer a choice. A
            SavedModel alone offers the choices that it has signatures for; a
            `.tflite` or `.onnx` file offers none.
    """
    choices: dict[str, Any] = {
        "method": method,
        "output_resolution": output_resolution,
        "num_instances": num_instances,
        "precision": precision,
        "smoothing": smoothing,
    }
    chosen = {
        name: value for name, value in choices.items() if value is not None
    }
    file = pathlib.Path(path).expanduser()
    if not needs_tensorflow(file):
        return _load_for_engine(file, chosen, num_threads or 2, memory_mb)
    if num_threads is not None:
        raise InputError(
            f"{path} is not one of the {' and '.join(_ENGINES)} files that "
            "num_threads= is for: leave it out."
        )
    require_tensorflow(str(path))
    is_saved_model = (file / _SAVED_MODEL_FILE).is_file()
    if is_saved_model and not (file / MODEL_FILE).is_file():
        return _load_saved_model(file, chosen, trust_model)
    model = keras_rcnn.models.load_model(path)
    return keras_rcnn.labeling.SceneLabeler(
        model, memory_mb=memory_mb, **chosen
    )


def needs_tensorflow(path: str | pathlib.Path) -> bool:
    """Whether a trained model runs by TensorFlow, not by another engine."""
    return pathlib.Path(path).suffix.lower() not in _ENGINES


def _load_saved_model(
    path: pathlib.Path, chosen: dict[str, Any], trust_model: bool
) -> Labeler:
    if not chosen:
        return keras_rcnn.runtime.SavedModelLabeler(
            path, trust_model=trust_model
        )
    if len(chosen) > 1 or not chosen.keys() <= SIGNATURES.keys():
        names = " and ".join(f"{name}=" for name in chosen)
        raise InputError(
            f"{path} holds no {MODEL_FILE} and labels as it was exported: "
            f"leave {names} out, or put the {MODEL_FILE} that it was exported "
            "from beside it."
        )
    ((name, value),) = chosen.items()
    signature = f"{SIGNATURES[name]}_{value}"
    return keras_rcnn.runtime.SavedModelLabeler(path, signature, trust_model)


def _load_for_engine(
    path: pathlib.Path,
    chosen: dict[str, Any],
    num_threads: int,
    memory_mb: float,
) -> Labeler:
    if not path.is_file():
        raise InputError(
            f"{path}: no model there; give a file that `keras-rcnn export` "
            "wrote."
        )
    if chosen:
        names = " and ".join(f"{name}=" for name in chosen)
        raise InputError(
            f"{path} labels in one way only: leave {names} out, or export "
            "another file."
        )
    return _ENGINES[path.suffix.lower()](path, num_threads, memory_mb)
