"""What all tests share: a quiet TensorFlow on few threads, real files."""

import io
import os
import pathlib
import signal
import subprocess
import sys

# Read when TensorFlow is imported, hence before it is.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.cli import main
from keras_rcnn.io import quiet
from tests.helpers import run_command as in_process

tf = quiet.import_quietly("tensorflow")
# Tests that run side by side do not compete for the processor's cores.
THREADS = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2
tf.config.threading.set_inter_op_parallelism_threads(THREADS)
tf.config.threading.set_intra_op_parallelism_threads(THREADS)

ROOT = pathlib.Path(__file__).parents[1]
# Shells have what runs in the background, and all it starts, ignore this.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def float32_on_every_processor():
    """Oracles are held against float32, which is the same everywhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "keras_rcnn.layers.precision.multiplies_bfloat16", lambda: False
        )
        yield


@pytest.fixture
def noise():
    """A uint8 photo of 24 x 36 pixels in which no two rows are alike."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (24, 36, 3), np.uint8)


@pytest.fixture
def write_picture(tmp_path):
    """Function that writes an array or Pillow image and gives its path."""

    def write(name, picture, **options):
        if isinstance(picture, np.ndarray):
            picture = Image.fromarray(picture)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, **options)
        return path

    return write


@pytest.fixture
def broken_files(tmp_path, noise):
    """Files that are no whole picture, by what is wrong with them."""
    content = io.BytesIO()
    Image.fromarray(noise).save(content, "JPEG")
    folder = tmp_path / "broken"
    folder.mkdir()
    files = {
        "truncated": ("cut.jpg", content.getvalue()[:-300]),
        "text": ("text.png", b"no picture at all"),
        "empty": ("empty.jpg", b""),
    }
    for name, data in files.values():
        (folder / name).write_bytes(data)
    return {what: folder / name for what, (name, _) in files.items()}


@pytest.fixture
def run_command(capfd):
    """Function of a command's name and arguments, run in this process.

    It returns exit status, stdout and stderr.
    """

    def run(name, *arguments):
        command = main.load_command(name)
        return in_process.run_command(capfd, command, *arguments)

    return run


@pytest.fixture
def start_command(tmp_path):
    """The same in a process and a folder of its own: `tmp_path`."""

    def start(*arguments):
        process = subprocess.run(
            [sys.executable, "-m", "keras_rcnn.cli", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=False,
        )
        return process.returncode, process.stdout, process.stderr

    return start
