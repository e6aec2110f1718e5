"""Targets with a teacher's part, against what it says crop by crop."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn import RecurrentCNN
from keras_rcnn.errors import InputError
from keras_rcnn.layers import ConvStack
from keras_rcnn.presets import Stage
from keras_rcnn.training import SoftTargets


@pytest.fixture
def teacher():
    keras.utils.set_random_seed(0)
    return RecurrentCNN(ConvStack([Stage(3, 4, 2)], 3, 2), 2)


def test_a_part_is_the_teachers(teacher):
    images = np.random.default_rng(0).normal(size=(2, 25, 25, 3))
    images = images.astype("float32")
    scores = teacher(images)
    random = np.random.default_rng(1)
    targets = {
        name: random.integers(0, 3, planes.shape[:3]).astype("int32")
        for name, planes in scores.items()
    }
    weights = {name: random.random(t.shape) for name, t in targets.items()}
    batches = tf.data.Dataset.from_tensors((images, targets, weights))

    (batch,) = batches.map(SoftTargets(teacher, 0.25))

    found_images, mixed, found_weights = batch
    np.testing.assert_array_equal(found_images, images)
    assert mixed.keys() == {"instance_1", "instance_2"}
    for name, labels in targets.items():
        powers = np.exp(scores[name].numpy())
        chances = powers / powers.sum(axis=-1, keepdims=True)
        expected = 0.25 * chances + 0.75 * np.eye(3)[labels]
        np.testing.assert_allclose(mixed[name], expected, atol=1e-5)
        np.testing.assert_array_equal(found_weights[name], weights[name])


def test_no_part_is_refused(teacher):
    with pytest.raises(InputError, match=r"have 1\.5 of the targets"):
        SoftTargets(teacher, 1.5)
