"""Exact statistics of images, whole and in strips."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets.standardization import standardize, statistics
from keras_rcnn.datasets.strip_statistics import statistics_of_strips


def pictures():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (301, 203, 3), np.uint8)
    almost_white = np.full_like(noise, 255)
    almost_white[::7, 5] = 180
    return {"noise": noise, "dark": noise // 9, "almost_white": almost_white}


@pytest.mark.parametrize("name", pictures())
def test_mean_and_deviation(name):
    picture = pictures()[name]
    mean, deviation = statistics(picture)
    exact = picture.astype(np.float64)
    # To the last bits of float32, however the levels lie.
    np.testing.assert_allclose(mean, exact.mean(keepdims=True), rtol=1e-7)
    np.testing.assert_allclose(deviation, exact.std(keepdims=True), rtol=2e-7)
    assert mean.dtype == deviation.dtype == tf.float32


@pytest.mark.parametrize("rows", [1, 7, 256])
def test_strips_give_the_same_bits(rows):
    graph = tf.function(
        statistics, input_signature=[tf.TensorSpec([None] * 4, tf.uint8)]
    )
    whole = list(pictures().values())
    # More than one, as processors round vectors in ways of their own.
    together = graph(np.stack(whole * 6))
    for index, picture in enumerate(whole):
        strips = (
            picture[top : top + rows] for top in range(0, len(picture), rows)
        )
        for one, all_of_them in zip(
            statistics_of_strips(strips), together, strict=True
        ):
            assert one.shape == (1, 1, 1)
            for place in range(index, 18, len(whole)):
                np.testing.assert_array_equal(one, all_of_them[place])


def test_sums_beyond_float32_and_32_bits():
    """As many white pixels as 2^31 cannot count the squares of."""
    strip = np.full((100, 1000, 3), 255, np.uint8)
    strip[:50] = 253
    mean, deviation = statistics_of_strips([strip] * 200)
    assert (mean.item(), deviation.item()) == (254, 1)


def test_a_flat_image_becomes_zeros():
    flat = np.full((2, 3, 5, 3), 7, np.uint8)
    np.testing.assert_array_equal(standardize(flat), np.zeros((2, 3, 5, 3)))


def test_refuses_what_is_no_whole_number():
    with pytest.raises(ValueError, match="float32: give uint8"):
        statistics(np.zeros((3, 3, 3), np.float32))
