"""Every shipped model labels alike whichever way it is run."""

import hashlib
import pathlib
import re

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_sample_image

from keras_rcnn import SceneLabeler, load_model
from keras_rcnn.datasets.standardization import standardize
from keras_rcnn.labeling import METHODS
from tests.helpers.oracle import NumpyNetwork

ROOT = pathlib.Path(__file__).parents[2]
MODELS = sorted(
    file.parent for file in (ROOT / "saved_models").glob("*/model.keras")
)


@pytest.fixture
def photo():
    """Of 160 x 107 pixels."""
    return Image.fromarray(load_sample_image("china.jpg")).resize((160, 107))


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_the_card_knows_the_files(folder):
    card = (folder / "README.md").read_text()
    rows = re.findall(r"^\| `(.+)` \| (\d+) \| `(\w{64})` \|$", card, re.M)
    assert {"model.keras", "saved_model.pb"} < {name for name, _, _ in rows}
    for name, size, digest in rows:
        content = (folder / name).read_bytes()
        assert (name, len(content)) == (name, int(size))
        assert (name, hashlib.sha256(content).hexdigest()) == (name, digest)


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_saved_model_python_and_program_agree(
    label, read_png, tmp_path, photo, folder
):
    photo.save(tmp_path / "china.png")
    photos = np.asarray(photo)[np.newaxis]

    saved_model = tf.saved_model.load(folder)
    served = saved_model.signatures["serving_default"](
        images=tf.constant(photos)
    )["labels"]
    status, _, err = label(
        f"--images={tmp_path}/china.png", model=folder, choices=()
    )

    assert status == 0, err
    expected = SceneLabeler(load_model(folder))(photos)
    assert len(np.unique(expected)) > 3
    np.testing.assert_array_equal(served, expected)
    _, written = read_png(tmp_path / "out" / "china_labels.png")
    np.testing.assert_array_equal(written, expected[0])


@pytest.mark.parametrize("method", ["fragments", "shift_and_stitch"])
@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_trained_scores_are_those_of_patches(photo, folder, method):
    """Within 1e-5 of the largest, against a loop in float64."""
    model = load_model(folder)
    instances = model.num_instances
    image = standardize(np.asarray(photo)[np.newaxis])
    scores = METHODS[method](model, image, instances, 1)[0].numpy()
    size = model.geometry.receptive_field(instances)
    margin = size // 2
    padded = np.pad(image[0], ((margin,) * 2, (margin,) * 2, (0, 0)))
    network = NumpyNetwork(model)
    for row, column in np.random.default_rng(0).integers(
        0, scores.shape[:2], (8, 2)
    ):
        expected = network.score(
            padded[row : row + size, column : column + size], instances
        )
        np.testing.assert_allclose(
            scores[row, column], expected, atol=1e-5 * np.abs(scores).max()
        )
