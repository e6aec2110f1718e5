"""Networks as `.keras` files and on the Hugging Face Hub."""

import json
import pathlib
import zipfile

import keras
import numpy as np

from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io.files import named_part
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.recurrent_pyramid import RecurrentPyramid
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.models.zoo import MODEL_FILE, shipped_file

_HUB = "hf://"
# Of a file after decompression. The largest possible network has 1 GB.
_MAX_BYTES = 2**31


def load_model(name_or_path: str | pathlib.Path) -> SceneParser:
    """Loads a trained network, without its optimizer and loss.

    Args:
        name_or_path: `.keras` file; folder with a `model.keras`, such as the
            folder of a training run; name of a shipped network, which a file
            or folder of that name overrides; or `hf://user/repo` on the
            Hugging Face Hub.

    Raises:
        InputError: if there is no such network, if it is not of this package,
            or if a weight is not finite.
    """
    place = str(name_or_path)
    is_file = not place.startswith(_HUB)
    if is_file:
        place = str(_find_file(place))
    try:
        if is_file:
            _check_archive(place)
        model = keras.saving.load_model(place, compile=False)
    except ImportError as error:
        raise missing_extra(place, "hf") from error
    except Exception as error:  # Keras raises many kinds for damaged files
        reason = (str(error) or repr(error)).split("\n", maxsplit=1)[0]
        raise InputError(
            f"{name_or_path}: not a readable Keras model ({reason}); train or "
            "download it again."
        ) from error
    if not isinstance(model, (RecurrentCNN, RecurrentPyramid)):
        raise InputError(
            f"{name_or_path}: a {type(model).__name__}, not a network of "
            "keras_rcnn; give a model that `keras-rcnn train` wrote."
        )
    if not all(np.isfinite(weight).all() for weight in model.get_weights()):
        raise InputError(
            f"{name_or_path}: some weights are not finite numbers, because "
            "training failed; train again."
        )
    return model


def save_model(model: SceneParser, path: str | pathlib.Path) -> None:
    """Saves a network for float32, with its normalizations folded.

    A file is written completely or not at all.

    Args:
        model: the network, of any precision.
        path: `.keras` file to write or replace; or `hf://user/repo`, a
            repository of the Hugging Face Hub to create or update.

    Raises:
        InputError: if the extra `hf` is missing.
    """
    model = model.copy(dtype="float32")
    if str(path).startswith(_HUB):
        try:
            keras.saving.save_model(model, str(path))
        except ImportError as error:
            raise missing_extra(str(path), "hf") from error
        return
    with named_part(path, ".keras") as part:
        model.save(part)


def _check_archive(path: str) -> None:
    """Checks size and class before Keras creates anything.

    Raises:
        ValueError: if the file holds no network of this package.
    """
    if not zipfile.is_zipfile(path):
        raise ValueError("not a .keras archive, or truncated")
    with zipfile.ZipFile(path) as archive:
        if sum(each.file_size for each in archive.infolist()) > _MAX_BYTES:
            raise ValueError(f"more than {_MAX_BYTES} bytes")
        config = json.loads(archive.read("config.json"))
    if not str(config["registered_name"]).startswith("keras_rcnn>"):
        raise ValueError(f"a {config['class_name']}, not a RecurrentCNN")


def _find_file(name_or_path: str) -> pathlib.Path:
    """Returns the `.keras` file of a path or of a shipped network.

    Raises:
        InputError: if there is none.
    """
    path = pathlib.Path(name_or_path).expanduser()
    file = path / MODEL_FILE if path.is_dir() else path
    if file.is_file():
        return file
    try:
        return shipped_file(name_or_path)
    except InputError as error:
        raise InputError(
            f"{name_or_path}: no model there; give a .keras file or a folder "
            f"that holds a {MODEL_FILE}. {error}"
        ) from error
