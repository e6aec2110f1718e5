"""A small network, and the command `label` with it."""

import keras
import numpy as np
import pytest
from PIL import Image

from keras_rcnn import RecurrentCNN, SceneLabeler
from keras_rcnn.export import export_saved_model
from keras_rcnn.models.saving import save_model

CLASS_NAMES = ("sky", "grass", "road")
PALETTE = ((10, 20, 200), (30, 180, 40), (128, 60, 128))


@pytest.fixture(scope="session")
def model():
    """A network of three classes with fresh weights, the same each time."""
    keras.utils.set_random_seed(2)
    return RecurrentCNN.from_stages("6x4p2", 3, 3, CLASS_NAMES, PALETTE)


@pytest.fixture(scope="session")
def model_dir(model, tmp_path_factory):
    """Folder that holds it."""
    folder = tmp_path_factory.mktemp("model")
    save_model(model, folder / "model.keras")
    return folder


@pytest.fixture(scope="session")
def labeler(model):
    """What `label` has to agree with."""
    return SceneLabeler(model, output_resolution=4, num_instances=2)


@pytest.fixture(scope="session")
def saved_model(labeler, tmp_path_factory):
    """The same as a SavedModel alone, for photos of at most 4,000 pixels."""
    folder = tmp_path_factory.mktemp("saved_model")
    export_saved_model(labeler, folder, max_megapixels=0.004)
    (folder / "model.keras").unlink()
    return folder


@pytest.fixture
def label(run_command, model_dir, tmp_path):
    """Function of the photos: runs `label`, at a coarse resolution."""

    def run(
        *images,
        model=model_dir,
        output_dir=tmp_path / "out",
        choices=("--output_resolution=4", "--num_instances=2"),
    ):
        return run_command(
            "label",
            f"--model={model}",
            f"--output_dir={output_dir}",
            *choices,
            *images,
        )

    return run


@pytest.fixture
def read_png():
    """Function of a file that gives its mode and values."""

    def read(path):
        with Image.open(path) as image:
            return image.mode, np.asarray(image)

    return read
