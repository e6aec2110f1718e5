"""bfloat16 without rounded weights, against float64."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn import RecurrentCNN
from keras_rcnn.layers import ConvStack
from keras_rcnn.layers.bfloat16 import split_bfloat16
from keras_rcnn.models.presets import Stage


def test_weights_are_kept_to_16_bits():
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(4, 4, 3, 5)).astype("float32")
    planes = tf.cast(rng.integers(-9, 10, (2, 8, 8, 3)), tf.bfloat16)
    twice, both = split_bfloat16(planes, tf.constant(kernel))
    assert twice.dtype == both.dtype == tf.bfloat16
    result = tf.nn.conv2d(
        tf.cast(twice, tf.float64), tf.cast(both, tf.float64), 1, "VALID"
    )
    exact = tf.nn.conv2d(
        tf.cast(planes, tf.float64), tf.cast(kernel, tf.float64), 1, "VALID"
    )
    np.testing.assert_allclose(result, exact, atol=2**-16 * 9 * 48)


@pytest.fixture
def stack():
    """Whole numbers of 12 bits as weights: bfloat16 itself has 8."""
    stack = ConvStack(
        [Stage(1, 1)], 1, activation="linear", dtype="mixed_bfloat16"
    )
    stack.build((None, None, None, 3))
    kernel = np.array([0, 2049, -2048, 1], "float32").reshape((1, 1, 4, 1))
    stack.set_weights([kernel, np.zeros(1), np.ones((1, 1, 1, 1)), np.zeros(1)])
    return stack


def test_the_stack_rounds_results_alone(stack):
    scores = stack(tf.constant([[[[1.0, 1.0, 0.0]]]]))
    assert scores.dtype == tf.float32
    assert scores.numpy().item() == 1.0


def test_the_network_trains_with_rounded_weights(stack):
    model = RecurrentCNN(stack, num_instances=1)
    scores = model(tf.constant([[[[1.0, 1.0, 0.0]]]]), training=True)
    assert scores["instance_1"].numpy().item() == 0.0
