"""Settings and fixtures of all tests."""

import gc
import io
import os
import signal

# TensorFlow reads these when it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.cli import main
from keras_rcnn.io import quiet
from tests.helpers import run_command as commands

# Background jobs of a shell ignore this signal; tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collectstart():
    """Prepares TensorFlow in the processes that run tests.

    The process that distributes tests to others collects none.
    """
    tf = quiet.import_quietly("tensorflow")
    # Parallel tests must not compete for the cores of the processor.
    threads = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.threading.set_intra_op_parallelism_threads(threads)


def pytest_collection_finish():
    """Spares the garbage collector the modules, which stay until the end."""
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup():
    """Gives each fixture the same random weights in any order of tests."""
    seed_everything()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call():
    """Gives each test the same random weights in any order of tests."""
    seed_everything()


def seed_everything():
    keras = quiet.import_quietly("keras")
    keras.utils.set_random_seed(1)


@pytest.fixture(scope="session", autouse=True)
def float32_on_every_processor():
    """The oracles of the tests compute in float32, on all processors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "keras_rcnn.layers.precision.multiplies_bfloat16", lambda: False
        )
        yield


@pytest.fixture(autouse=True)
def limit_of_pillow():
    """Commands that run in the process of a test change this limit."""
    limit = Image.MAX_IMAGE_PIXELS
    yield
    Image.MAX_IMAGE_PIXELS = limit


@pytest.fixture
def noise():
    """A uint8 photo of 24 x 36 pixels with random values."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (24, 36, 3), np.uint8)


@pytest.fixture
def write_picture(tmp_path):
    """Function that writes an array or Pillow image and returns the path."""

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
    """Unreadable picture files, by the kind of damage."""
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
        return commands.run_command(capfd, command, *arguments)

    return run


@pytest.fixture
def start_command(tmp_path):
    """The same in a process and a folder of its own: `tmp_path`."""

    def start(*arguments):
        process = commands.popen_command(*arguments, cwd=tmp_path)
        out, err = process.communicate()
        return process.returncode, out, err

    return start
