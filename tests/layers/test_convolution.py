"""The convolution and its gradients against TensorFlow's own."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.layers.convolution import convolve
from tests.helpers.oracle import convolve as convolve_by_loop


@pytest.fixture
def planes_and_kernel():
    rng = np.random.default_rng(0)
    return (
        tf.constant(rng.normal(size=(2, 13, 11, 5)).astype("float32")),
        tf.constant(rng.normal(size=(4, 4, 5, 7)).astype("float32")),
    )


def gradients(function, planes, kernel):
    """Of a sum that weighs every output differently."""
    with tf.GradientTape() as tape:
        tape.watch([planes, kernel])
        loss = tf.reduce_sum(function(planes, kernel) ** 3)
    return tape.gradient(loss, [planes, kernel])


def test_equals_a_loop(planes_and_kernel):
    planes, kernel = planes_and_kernel
    expected = [
        convolve_by_loop(each, kernel.numpy(), np.zeros(7))
        for each in planes.numpy()
    ]
    np.testing.assert_allclose(convolve(planes, kernel), expected, atol=1e-4)


@pytest.mark.parametrize("in_a_graph", [False, True])
def test_gradients_are_those_of_tensorflow(planes_and_kernel, in_a_graph):
    planes, kernel = planes_and_kernel
    function = functools.partial(gradients, convolve)
    if in_a_graph:
        unknown = tf.TensorSpec((None, None, None, 5))
        known = tf.TensorSpec(kernel.shape)
        function = tf.function(function, input_signature=[unknown, known])
    theirs = gradients(
        lambda planes, kernel: tf.nn.conv2d(planes, kernel, 1, "VALID"),
        *planes_and_kernel,
    )
    for mine, other in zip(function(planes, kernel), theirs, strict=True):
        scale = np.abs(other).max()
        np.testing.assert_allclose(mine / scale, other / scale, atol=1e-5)


def test_gradients_in_bfloat16_are_those_of_float32(planes_and_kernel):
    rounded = [tf.cast(each, tf.bfloat16) for each in planes_and_kernel]
    exact = gradients(convolve, *(tf.cast(x, tf.float32) for x in rounded))
    for coarse, other in zip(gradients(convolve, *rounded), exact, strict=True):
        assert coarse.dtype == tf.bfloat16
        scale = np.abs(other).max()
        np.testing.assert_allclose(
            tf.cast(coarse, tf.float32) / scale, other / scale, atol=2**-6
        )
