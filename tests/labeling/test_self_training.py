"""Labels of a teacher, against what it says pixel by pixel."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_rcnn import RecurrentCNN, SceneLabeler
from keras_rcnn.datasets import SceneDataset, load_unlabeled
from keras_rcnn.errors import InputError
from keras_rcnn.labeling import pseudo_label

NAMES = ("a", "b", "c")
PALETTE = ((0, 0, 0), (9, 9, 9), (99, 99, 99))


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    for index, size in enumerate([(20, 31), (24, 17)]):
        pixels = random.integers(0, 256, (*size, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    return tmp_path


def test_unlabeled_photos_are_all_unknown(folder):
    photos = load_unlabeled(folder, NAMES, PALETTE, longest_side=25)
    assert isinstance(photos, SceneDataset)
    assert photos.num_examples == 2
    first, second = photos.examples.as_numpy_iterator()
    assert first["image"].shape == (16, 25, 3)
    assert (first["label"] == 255).all()
    np.testing.assert_array_equal(
        second["image"], np.asarray(Image.open(folder / "1.png"))
    )
    assert second["label"].shape == (24, 17)


def test_what_the_teacher_is_sure_of_is_taken_over(folder):
    keras.utils.set_random_seed(0)
    teacher = RecurrentCNN.from_preset("rcnn2", 3, NAMES, PALETTE)
    labeler = SceneLabeler(teacher, output_resolution=2, num_instances=1)
    photos = load_unlabeled(folder, NAMES, PALETTE)
    taught = pseudo_label(labeler, photos, 0.4)
    assert taught.num_examples == 2
    known = 0
    for photo, example in zip(
        photos.examples.as_numpy_iterator(),
        taught.examples.as_numpy_iterator(),
        strict=True,
    ):
        np.testing.assert_array_equal(photo["image"], example["image"])
        _, probabilities = labeler(
            photo["image"][None], return_probabilities=True
        )
        for label, chances in zip(
            example["label"].ravel(), probabilities.reshape(-1, 3), strict=True
        ):
            sure = chances.max() >= 0.4
            assert label == (np.argmax(chances) if sure else 255)
            known += sure
    assert 0 < known < 20 * 31 + 24 * 17


def test_two_data_sets_become_one(folder):
    photos = load_unlabeled(folder, NAMES, PALETTE)
    both = photos.concatenate(photos)
    assert both.num_examples == 4
    names = [example["name"] for example in both.examples.as_numpy_iterator()]
    assert names == [b"0", b"1", b"0", b"1"]
    assert both.examples.cardinality() in (4, tf.data.UNKNOWN_CARDINALITY)


def test_folders_without_photos_are_named(tmp_path):
    with pytest.raises(InputError, match=rf"{tmp_path} holds no photo"):
        load_unlabeled(tmp_path, NAMES, PALETTE)
    with pytest.raises(InputError, match="There is no folder"):
        load_unlabeled(tmp_path / "none", NAMES, PALETTE)
