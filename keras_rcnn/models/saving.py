"""Networks as `.keras` files."""

import pathlib
import zipfile

import keras

from keras_rcnn.errors import InputError
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

MODEL_FILE = "model.keras"


def load_model(path: str | pathlib.Path) -> RecurrentCNN:
    """Loads a trained network: a `.keras` file or a folder that holds one.

    Args:
        path: `.keras` file, or folder with a `model.keras` (a shipped model
            or the folder of a training run).

    Raises:
        InputError: if there is none, or it is not a `RecurrentCNN`.
    """
    file = pathlib.Path(path)
    if file.is_dir():
        file = file / MODEL_FILE
    if not file.is_file():
        raise InputError(
            f"{path}: no model there; give a .keras file or a folder that "
            f"holds a {MODEL_FILE}."
        )
    try:
        if not zipfile.is_zipfile(file):
            raise ValueError("no .keras archive, or cut short")
        model = keras.saving.load_model(file, compile=False)
    except (ValueError, OSError, KeyError, TypeError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise InputError(
            f"{path}: not a readable Keras model ({reason}); train or "
            "download it again."
        ) from error
    if not isinstance(model, RecurrentCNN):
        raise InputError(
            f"{path}: a {type(model).__name__}, not a RecurrentCNN; give a "
            "model that tools/train.py wrote."
        )
    return model


def save_model(model: RecurrentCNN, path: str | pathlib.Path) -> None:
    """Writes a `.keras` file, for float32, whole or not at all.

    Args:
        model: the network, whatever precision it computes in.
        path: file to write or replace.
    """
    path = pathlib.Path(path)
    part = path.with_name(f"part-{path.name}")
    model.copy(dtype="float32").save(part)
    part.replace(path)
