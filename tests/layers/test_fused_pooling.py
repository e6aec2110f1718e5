"""Convolution and pooling in one against a loop."""

import numpy as np
import pytest

from keras_rcnn.layers.fused_pooling import conv_max_pool
from tests.helpers.oracle import convolve, max_pool


@pytest.mark.parametrize(("size", "pool"), [(8, 2), (3, 2), (5, 3), (6, 8)])
def test_equals_a_loop_at_every_remainder(size, pool):
    rng = np.random.default_rng(0)
    kernel = rng.integers(-3, 4, (size, size, 3, 4)).astype("float32")
    for extra in range(pool):
        height, width = size + pool - 1 + extra, size + 2 * pool + 1
        image = rng.integers(-3, 4, (1, height, width, 3)).astype("float32")
        expected = max_pool(convolve(image[0], kernel, np.zeros(4)), pool)
        result = conv_max_pool(image, kernel, pool)
        np.testing.assert_array_equal(result[0], expected)
