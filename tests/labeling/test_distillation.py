"""Targets with a teacher's part, against what it says crop by crop."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn import RecurrentCNN
from keras_rcnn.errors import InputError
from keras_rcnn.labeling import Distillation
from keras_rcnn.layers import ConvStack
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.models.presets import Stage
from tests.helpers.oracle import NumpyNetwork


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

    (batch,) = batches.map(Distillation(teacher, 0.25, teacher.geometry))

    found_images, mixed, found_weights = batch
    np.testing.assert_array_equal(found_images, images)
    assert mixed.keys() == {"instance_1", "instance_2"}
    for name, labels in targets.items():
        powers = np.exp(scores[name].numpy())
        chances = powers / powers.sum(axis=-1, keepdims=True)
        expected = 0.25 * chances + 0.75 * np.eye(3)[labels]
        np.testing.assert_allclose(mixed[name], expected, atol=1e-5)
        np.testing.assert_array_equal(found_weights[name], weights[name])


@pytest.mark.parametrize(
    ("instances", "layers"),
    [(2, ((4, 1), (2, 2), (4, 1))), (1, ((4, 1), (2, 2), (2, 1)))],
    ids=["another f", "fewer instances"],
)
def test_a_teacher_of_other_planes_labels_the_last_grid(
    teacher, instances, layers
):
    """Its crops are the middle of the student's, as a loop scores them."""
    teacher.num_instances = instances
    geometry = StackGeometry(layers)
    assert (geometry == teacher.geometry) == (instances == 1)
    size = geometry.input_size(3, 2)
    images = np.random.default_rng(0).normal(size=(2, size, size, 3))
    targets = {
        f"instance_{p}": np.ones((2, *[geometry.output_size(size, p)] * 2), int)
        for p in (1, 2)
    }
    distillation_targets = Distillation(teacher, 0.25, geometry)

    _, mixed, _ = distillation_targets(
        tf.constant(images, tf.float32), targets, {}
    )

    np.testing.assert_array_equal(mixed["instance_1"], targets["instance_1"])
    assert mixed["instance_2"].shape == (2, 3, 3, 3)
    around = teacher.geometry.padding(instances)
    network = NumpyNetwork(teacher)
    for entry, row, column in itertools.product(range(2), range(3), range(3)):
        # Every 4th pixel, from the middle of the first patch.
        top, left = (
            geometry.padding(2) + 4 * cell - around for cell in (row, column)
        )
        patch = images[
            entry, top : top + 2 * around + 1, left : left + 2 * around + 1
        ]
        powers = np.exp(network.score(patch, instances))
        expected = 0.25 * powers / powers.sum() + 0.75 * np.eye(3)[1]
        np.testing.assert_allclose(
            mixed["instance_2"][entry, row, column], expected, atol=1e-5
        )


def test_too_small_a_crop_is_left_to_the_labels(teacher):
    geometry = StackGeometry(((4, 1), (2, 2), (4, 1)))
    size = geometry.input_size(3, 1)
    assert geometry.padding(1) < teacher.geometry.padding(2)
    targets = {"instance_1": np.ones((1, 3, 3), int)}
    images = tf.zeros((1, size, size, 3))
    _, mixed, _ = Distillation(teacher, 0.25, geometry)(images, targets, {})
    np.testing.assert_array_equal(mixed["instance_1"], targets["instance_1"])


def test_no_part_is_refused(teacher):
    with pytest.raises(InputError, match=r"have 1\.5 of the targets"):
        Distillation(teacher, 1.5, teacher.geometry)
