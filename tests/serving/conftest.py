"""A real server in a process of its own, and what it has to answer."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from benchmarks.serve_program import ServeProgram
from keras_rcnn import SceneLabeler
from keras_rcnn.export import export_saved_model
from tests.helpers.feedback_model import feedback_model, smooth_photos


@pytest.fixture(scope="session")
def model():
    return feedback_model("6x4p2", 2, 0.3)


@pytest.fixture(scope="session")
def saved_model(model, tmp_path_factory):
    """Folder of the SavedModel."""
    return export_saved_model(
        SceneLabeler(model),
        tmp_path_factory.mktemp("served") / "model",
        {"preset": "rcnn2"},
        max_megapixels=0.01,
    )


@pytest.fixture(scope="session")
def signatures(saved_model):
    """The same in this process, by TensorFlow alone."""
    loaded = tf.saved_model.load(saved_model)
    # Kept, as its functions do not keep it.
    yield loaded.signatures
    del loaded


@pytest.fixture(scope="session")
def server(saved_model):
    server = ServeProgram(saved_model, "--max_request_mb=1")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def photos():
    return smooth_photos((40, 56), (47, 31), (40, 56))


@pytest.fixture(scope="session")
def files(photos):
    """The photos as PNG, JPEG and PNG files."""
    contents = []
    for photo, kind in zip(photos, ("PNG", "JPEG", "PNG"), strict=True):
        content = io.BytesIO()
        Image.fromarray(photo).save(content, kind)
        contents.append(content.getvalue())
    return contents


@pytest.fixture(scope="session")
def expected(model, files):
    """Labels of the files by the Python API."""
    labeler = SceneLabeler(model)
    labels = [
        labeler(np.asarray(Image.open(io.BytesIO(file)))[np.newaxis])[0]
        for file in files
    ]
    assert all(len(np.unique(part)) > 1 for part in labels)
    return labels
