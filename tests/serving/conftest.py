"""A real server in a process of its own, and what it has to answer."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_rcnn
from benchmarks.serve_program import ServeProgram
from keras_rcnn import SceneLabeler
from keras_rcnn.export import export_saved_model

NAMES = ("sky", "wet road", "tree")
PALETTE = ((0, 128, 255), (16, 17, 18), (0, 99, 0))


@pytest.fixture(scope="session")
def model():
    """Weights that use all of the feedback, so that every part counts."""
    model = keras_rcnn.RecurrentCNN.from_preset("rcnn2", 3, NAMES, PALETTE)
    rng = np.random.default_rng(3)
    model.set_weights(
        [rng.normal(0, 0.04, w.shape) for w in model.get_weights()]
    )
    return model


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
    """Smooth ones of two sizes, on which whole regions get one label."""
    rng = np.random.default_rng(4)
    return [
        np.asarray(
            Image.fromarray(rng.integers(0, 256, (5, 7, 3), np.uint8)).resize(
                size, Image.Resampling.BICUBIC
            )
        )
        for size in ((56, 40), (31, 47), (56, 40))
    ]


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
