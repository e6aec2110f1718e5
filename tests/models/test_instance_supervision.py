"""Training and evaluation by Keras, against numbers from plain NumPy."""

import math
import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets.label_grids import CenterGrids
from keras_rcnn.errors import InputError
from keras_rcnn.layers import ConvStack
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.layers.stage import Stage
from keras_rcnn.losses import BalancedCrossentropy
from keras_rcnn.metrics import PixelAccuracy
from keras_rcnn.models import RecurrentCNN
from keras_rcnn.models.instance_supervision import InstanceSupervision
from keras_rcnn.optimizers import Muon
from tests.helpers.oracle import convolve

# One photo of three pixels; instance 2 sees it from right to left.
SCORES = np.log([[[[1.0, 3.0], [1.0, 1.0], [9.0, 1.0]]]]).astype(np.float32)
LABELS = np.array([[[0, 1, 255]]])
PHOTOS = np.zeros((1, 1, 3, 3), np.float32)
# The true classes have 1/4 and 1/2 in instance 1, 9/10 and 1/2 in instance 2.
FIRST = math.log(4) + math.log(2)
SECOND = math.log(10 / 9) + math.log(2)


class Recited(InstanceSupervision):
    """A network that gives the same scores to all photos."""

    num_instances = 2
    label_grids = CenterGrids(StackGeometry(((1, 1),)))

    def call(self, images, training=None):
        scores = tf.repeat(tf.constant(SCORES), tf.shape(images)[0], axis=0)
        return {"instance_1": scores, "instance_2": scores[:, :, ::-1]}


def recited(**settings):
    model = Recited()
    model.compile("sgd", loss_weights=(0.5, 2.0), **settings)
    return model


def evaluate(model, *data):
    return model.evaluate(
        tf.data.Dataset.from_tensors(data), verbose=0, return_dict=True
    )


@pytest.mark.parametrize(
    ("loss", "count"),
    [
        (None, 2),
        (BalancedCrossentropy(), 2),
        (BalancedCrossentropy(reduction="sum"), 1),
    ],
)
def test_instances_have_weights_and_their_own_means(loss, count):
    logs = evaluate(recited(loss=loss), PHOTOS, LABELS)
    expected = (0.5 * FIRST + 2 * SECOND) / count
    assert logs["loss"] == pytest.approx(expected)


def test_unknown_pixels_cost_nothing():
    logs = evaluate(recited(), PHOTOS, np.full_like(LABELS, 255))
    assert logs["loss"] == 0


def test_accuracy_counts_known_pixels():
    # Instance 1 says 1, then, of a tie, 0; instance 2 says 0, 0.
    metrics = [PixelAccuracy(2)]
    logs = evaluate(recited(metrics=metrics), PHOTOS, LABELS)
    assert logs["instance_1_accuracy"] == 0
    assert logs["instance_2_accuracy"] == 1 / 2
    assert logs["pixel_accuracy"] == 1 / 2


def test_targets_of_grids_may_be_probabilities():
    names = ("instance_1", "instance_2")
    targets = tf.constant([[[[0.1, 0.9], [0.4, 0.6], [1.0, 0.0]]]])
    weights = tf.constant([[[1.0, 1.0, 0.0]]])
    logs = evaluate(
        recited(loss=BalancedCrossentropy()),
        PHOTOS,
        dict.fromkeys(names, targets),
        dict.fromkeys(names, weights),
    )
    # Both pixels are most probably 1.
    assert logs["instance_1_accuracy"] == 1 / 2
    assert logs["instance_2_accuracy"] == 0


def test_accuracy_is_a_mean_over_pixels_and_loss_one_over_batches():
    labels = np.array([[[0, 1, 255]], [[1, 255, 255]]])
    data = tf.data.Dataset.from_tensor_slices((PHOTOS.repeat(2, 0), labels))
    logs = recited().evaluate(data.batch(1), verbose=0, return_dict=True)
    # In the second batch 1 has 3/4 in instance 1 and 1/10 in instance 2.
    second = 0.5 * math.log(4 / 3) + 2 * math.log(10)
    losses = [(0.5 * FIRST + 2 * SECOND) / 2, second]
    assert logs["loss"] == pytest.approx(np.mean(losses))
    assert logs["instance_1_accuracy"] == pytest.approx(1 / 3)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    stack = ConvStack([Stage(3, 4, 2)], 3, 2)
    model = RecurrentCNN(stack, 2)
    model.set_weights(
        [
            np.random.default_rng(1).normal(0, 0.3, w.shape)
            for w in model.weights
        ]
    )
    return model


@pytest.fixture(scope="module")
def photos():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (2, 21, 14, 3), np.uint8)


@pytest.fixture(scope="module")
def labels():
    rng = np.random.default_rng(2)
    return rng.choice([0, 1, 2, 255], (2, 21, 14)).astype(np.uint8)


def standardized(photos):
    photos = photos.astype(np.float32)
    mean = photos.mean(axis=(1, 2, 3), keepdims=True)
    return (photos - mean) / photos.std(axis=(1, 2, 3), keepdims=True)


def expected_loss(model, photos, labels, weights):
    """Of all pixels in NumPy, from the scores that `call` gives to patches."""
    total = 0.0
    photos = standardized(photos)
    for instance in (1, 2):
        padding = model.geometry.padding(instance)
        margin = [(padding, padding)] * 2
        padded = np.pad(photos, [(0, 0), *margin, (0, 0)])
        scores = model(padded, num_instances=instance)[f"instance_{instance}"]
        stride = 2**instance
        truth = labels[:, ::stride, ::stride]
        known = (truth != 255) * weights[:, ::stride, ::stride]
        scores = scores.numpy().astype(float)
        logs = np.log(np.exp(scores).sum(axis=-1))
        true = np.take_along_axis(
            scores, np.where(truth < 255, truth, 0)[..., None], axis=-1
        )[..., 0]
        total += instance * np.sum(known * (logs - true)) / np.sum(known)
    return total


def test_label_maps_of_the_size_of_the_photos(model, photos, labels):
    model.compile("sgd", loss_weights=[1, 2])
    expected = expected_loss(model, photos, labels, np.ones(labels.shape))
    for given in (photos, standardized(photos)):
        logs = evaluate(model, given, labels.astype(np.int64))
        assert logs["loss"] == pytest.approx(expected, rel=1e-4)


def test_sample_weights_of_photos_and_of_pixels(model, photos, labels):
    model.compile("sgd", loss_weights=[1, 2])
    by_pixel = np.random.default_rng(3).random(labels.shape)
    for weights in (np.array([1.0, 3.0]), by_pixel):
        full = np.broadcast_to(
            weights.reshape(2, *weights.shape[1:] or (1, 1)), labels.shape
        )
        expected = expected_loss(model, photos, labels, full)
        logs = evaluate(model, photos, labels, weights)
        assert logs["loss"] == pytest.approx(expected, rel=1e-4)


def test_predict_scores_every_instance_from_the_first_pixel(model, photos):
    scores = model.predict(photos, verbose=0)
    assert list(scores) == ["instance_1", "instance_2"]
    photos = standardized(photos)
    for instance in (1, 2):
        padding = model.geometry.padding(instance)
        padded = np.pad(
            photos, [(0, 0), (padding, padding), (padding, padding), (0, 0)]
        )
        expected = model(padded, num_instances=instance)
        name = f"instance_{instance}"
        np.testing.assert_allclose(scores[name], expected[name], atol=1e-5)


def test_muon_is_ours():
    model = recited()
    model.compile("muon")
    assert type(model.optimizer) is Muon


def test_a_step_takes_the_penalty_into_account():
    """Gradient of `0.5 mean(z^2)` by the biases: their means of z, a third."""
    image = np.random.default_rng(0).normal(size=(1, 9, 8, 3))
    image = tf.constant(image, tf.float32)
    targets = {"instance_1": tf.zeros((1, 7, 6), tf.int32)}
    weights = {"instance_1": tf.ones((1, 7, 6))}
    moved = []
    for penalty in (0.0, 0.5):
        keras.utils.set_random_seed(0)
        stack = ConvStack([Stage(3, 3)], 2, saturation_penalty=penalty)
        model = RecurrentCNN(stack, 1)
        kernel, bias = (weight.numpy() for weight in stack.weights[:2])
        model.compile(keras.optimizers.SGD(1.0))
        model.train_on_batch(image, targets, weights)
        moved.append(stack.weights[1].numpy() - bias)
    z = convolve(image[0], kernel[:, :, 2:], bias)
    np.testing.assert_allclose(
        moved[1] - moved[0], -np.mean(z, axis=(0, 1)) / 3, atol=1e-6
    )


def test_wrong_weights_and_sizes_are_refused(model, photos, labels):
    with pytest.raises(InputError, match=r"3 numbers, .* 2 instances"):
        model.compile("sgd", loss_weights=[1, 1, 1])
    model.compile("sgd")
    with pytest.raises(InputError, match="label maps of the size of the photo"):
        evaluate(model, photos, labels[:, ::2])


def test_several_replicas_do_not_train_by_fit(model, monkeypatch):
    two = types.SimpleNamespace(num_replicas_in_sync=2)
    monkeypatch.setattr("tensorflow.distribute.get_strategy", lambda: two)
    with pytest.raises(InputError, match="fit trains on one device"):
        model.train_step(None)
