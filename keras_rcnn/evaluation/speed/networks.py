"""The network that is measured."""

import pathlib
from typing import Any

import keras

from keras_rcnn.errors import InputError
from keras_rcnn.models import SceneParser, from_preset
from keras_rcnn.models.saving import load_model
from keras_rcnn.models.zoo import shipped_file

# The network that is measured if none is given.
SHIPPED = "rcnn2_stanford_background"
# Makes a `SceneLabeler` label a photo in one piece.
WHOLE: dict[str, Any] = {"memory_mb": 10**9}
# As many as Stanford Background has.
NUM_CLASSES = 8


def folder(model: str | None) -> pathlib.Path:
    """Folder or file of a model; by default the folder of a shipped network.

    In a checkout, that folder holds all formats of the network.
    """
    return pathlib.Path(model or shipped_file(SHIPPED).parent).expanduser()


def load(model: str | None, preset: str | None) -> SceneParser:
    """A trained network, or one with fresh weights, which is as fast.

    Args:
        model: folder or `.keras` file; a shipped network if neither is given.
        preset: name of a preset, for a network with fresh weights.

    Raises:
        InputError: if both are given, or there is no such model or preset.
    """
    if model and preset:
        raise InputError(
            f"model={model} and preset={preset} are two networks: give only "
            "one of them."
        )
    if preset:
        keras.utils.set_random_seed(0)
        return from_preset(preset, NUM_CLASSES)
    return load_model(model or SHIPPED)
