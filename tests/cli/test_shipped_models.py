"""The cards of the shipped models, and their scores."""

import hashlib
import pathlib
import re

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from keras_rcnn import load_model
from keras_rcnn.datasets.standardization import standardize
from keras_rcnn.labeling import METHODS
from tests.helpers.oracle import NumpyNetwork, NumpyPyramid

ROOT = pathlib.Path(__file__).parents[2]
MODELS = sorted(
    file.parent for file in (ROOT / "saved_models").glob("*/model.keras")
)
PYRAMIDS = [folder for folder in MODELS if "pyramid" in folder.name]
STACKS = [folder for folder in MODELS if folder not in PYRAMIDS]


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_the_card_knows_the_files(folder):
    card = (folder / "README.md").read_text()
    rows = re.findall(r"^\| `(.+)` \| (\d+) \| `(\w{64})` \|$", card, re.M)
    assert {"model.keras", "saved_model.pb"} < {name for name, _, _ in rows}
    for name, size, digest in rows:
        content = (folder / name).read_bytes()
        assert (name, len(content)) == (name, int(size))
        assert (name, hashlib.sha256(content).hexdigest()) == (name, digest)


@pytest.mark.parametrize(
    ("method", "resolution"), [("fragments", 1), ("shift_and_stitch", 4)]
)
@pytest.mark.parametrize("folder", STACKS, ids=lambda folder: folder.name)
def test_trained_scores_are_those_of_patches(folder, method, resolution):
    """Within 1e-5 of the largest, against a loop in float64."""
    photo = Image.fromarray(load_sample_image("china.jpg")).resize((48, 33))
    model = load_model(folder)
    instances = model.num_instances
    image = standardize(np.asarray(photo)[np.newaxis])
    scores = METHODS[method](model, image, instances, resolution)[0].numpy()
    size = model.geometry.receptive_field(instances)
    margin = size // 2
    padded = np.pad(image[0], ((margin,) * 2, (margin,) * 2, (0, 0)))
    network = NumpyNetwork(model)
    for row, column in np.random.default_rng(0).integers(
        0, scores.shape[:2], (4, 2)
    ):
        top, left = resolution * row, resolution * column
        expected = network.score(
            padded[top : top + size, left : left + size], instances
        )
        np.testing.assert_allclose(
            scores[row, column], expected, atol=1e-5 * np.abs(scores).max()
        )


@pytest.mark.parametrize("folder", PYRAMIDS, ids=lambda folder: folder.name)
def test_trained_pyramids_score_like_a_loop(folder):
    """Within 1e-5 of the largest score, against a loop in float64."""
    photo = Image.fromarray(load_sample_image("china.jpg")).resize((48, 33))
    model = load_model(folder)
    image = standardize(np.asarray(photo)).numpy()
    expected = NumpyPyramid(model).scores(image)
    for found, scores in zip(
        model(image[np.newaxis]).values(), expected, strict=True
    ):
        np.testing.assert_allclose(
            found[0], scores, atol=1e-5 * np.abs(scores).max()
        )
