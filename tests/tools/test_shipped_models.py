"""Every shipped model labels alike whichever way it is run."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_sample_image

from keras_rcnn import SceneLabeler, load_model

ROOT = pathlib.Path(__file__).parents[2]
MODELS = sorted(
    file.parent for file in (ROOT / "saved_models").glob("*/model.keras")
)


def test_there_are_some():
    assert MODELS


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_saved_model_python_and_program_agree(
    label, read_png, tmp_path, folder
):
    photo = Image.fromarray(load_sample_image("china.jpg")).resize((160, 107))
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
