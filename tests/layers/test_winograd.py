"""The convolution of fewer multiplications against a loop."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.layers.winograd import winograd_convolve
from tests.helpers.oracle import convolve


def whole_numbers(*shape):
    rng = np.random.default_rng(0)
    return rng.integers(-3, 4, shape).astype("float32")


@pytest.mark.parametrize("size", [2, 4, 8, 3])
@pytest.mark.parametrize("extra", [(0, 0), (1, 0), (2, 3), (5, 4)])
def test_equals_a_loop(size, extra):
    planes = whole_numbers(2, size + extra[0], size + extra[1], 16)
    kernel = whole_numbers(size, size, 16, 3)
    expected = [convolve(each, kernel, np.zeros(3)) for each in planes]
    np.testing.assert_array_equal(winograd_convolve(planes, kernel), expected)


@pytest.mark.parametrize(
    ("size", "channels", "convolutions"), [(8, 25, 9), (8, 11, 1), (7, 50, 1)]
)
def test_only_where_it_pays(size, channels, convolutions):
    graph = tf.function(winograd_convolve).get_concrete_function(
        tf.TensorSpec((None, None, None, channels)),
        tf.TensorSpec((size, size, channels, 4)),
    )
    definition = graph.graph.as_graph_def()
    nodes = [*definition.node]
    for function in definition.library.function:
        nodes += function.node_def
    assert [node.op for node in nodes].count("Conv2D") == convolutions


def test_rounds_as_finely_as_a_convolution():
    rng = np.random.default_rng(0)
    planes = rng.normal(size=(1, 20, 20, 25))
    kernel = rng.normal(size=(8, 8, 25, 6)) / 40
    exact = tf.nn.conv2d(planes, kernel, 1, "VALID")
    result = winograd_convolve(
        tf.cast(planes, tf.float32), tf.cast(kernel, tf.float32)
    )
    np.testing.assert_allclose(result, exact, atol=4e-6)
