"""Programs run as a user would, in the test's own process if need be."""

import os
import pathlib
import runpy
import subprocess
import sys

import keras
import numpy as np
import pytest
from absl import flags
from PIL import Image

from keras_rcnn import RecurrentCNN, SceneLabeler
from keras_rcnn.models.saving import save_model

ROOT = pathlib.Path(__file__).parents[2]
CLASS_NAMES = ("sky", "grass", "road")
PALETTE = ((10, 20, 200), (30, 180, 40), (128, 60, 128))


@pytest.fixture
def run_program(monkeypatch, capfd):
    """Function of a program's name and its arguments.

    Gives exit status, stdout and stderr. TensorFlow is imported already,
    which saves seconds each time.
    """

    def run(name, *arguments):
        path = str(ROOT / "tools" / f"{name}.py")
        monkeypatch.setattr(sys, "argv", [path, *map(str, arguments)])
        before = set(flags.FLAGS)
        capfd.readouterr()
        try:
            with pytest.raises(SystemExit) as stop:
                runpy.run_path(path, run_name="__main__")
        finally:
            for flag in set(flags.FLAGS) - before:
                delattr(flags.FLAGS, flag)
        return stop.value.code or 0, *capfd.readouterr()

    return run


@pytest.fixture
def start_program(tmp_path):
    """The same in a process and a folder of its own: `tmp_path`."""

    def start(name, *arguments):
        process = subprocess.run(
            [sys.executable, ROOT / "tools" / f"{name}.py", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=False,
        )
        return process.returncode, process.stdout, process.stderr

    return start


@pytest.fixture(scope="session")
def model():
    """A network of three classes with fresh weights, the same each time."""
    keras.utils.set_random_seed(2)
    return RecurrentCNN.from_preset("rcnn2", 3, CLASS_NAMES, PALETTE)


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


@pytest.fixture
def label(run_program, model_dir, tmp_path):
    """Function of the photos: runs label.py, at a coarse resolution."""

    def run(
        *images,
        model=model_dir,
        output_dir=tmp_path / "out",
        choices=("--output_resolution=4", "--num_instances=2"),
    ):
        return run_program(
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
