"""Every labeling method against a plain loop over patches, one a pixel.

Weights and pixels are small whole numbers (pixels are multiples of 16 where
block averages are taken) and the activation is ReLU, so that every sum is
exact in float32 and equality means equality.
"""

import functools

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.labeling import METHODS
from keras_rcnn.layers import ConvStack
from keras_rcnn.models import RecurrentCNN
from keras_rcnn.models.presets import Stage
from keras_rcnn.models.recurrent_cnn import FEEDBACKS
from tests.helpers.oracle import NumpyNetwork
from tests.helpers.whole_numbers import PRESETS_AND_INSTANCES, narrow_network

SIZES = [(9, 3), pytest.param((1, 1), marks=pytest.mark.slow)]


def in_a_graph(method, model, instances, resolution):
    """The method as users run it, which is also many times faster."""
    return tf.function(
        lambda images: METHODS[method](model, images, instances, resolution),
        autograph=False,
    )


@functools.cache
def exact_case(preset, instances, size):
    """A network, an image of whole numbers and its scores by the oracle."""
    model = narrow_network(preset, "relu")
    rng = np.random.default_rng(1)
    image = 16.0 * rng.integers(-3, 4, (*size, 3))
    scores = NumpyNetwork(model).scores(
        image, instances, model.geometry.receptive_field(instances)
    )
    return model, image.astype("float32"), scores


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("preset", "instances"), PRESETS_AND_INSTANCES)
def test_equals_the_loop_at_every_resolution(preset, instances, size, method):
    model, image, expected = exact_case(preset, instances, size)
    stride = model.geometry.output_stride(instances)
    for resolution in {1, 2, stride // 2, stride}:
        scores = in_a_graph(method, model, instances, resolution)(
            image[np.newaxis]
        )
        np.testing.assert_array_equal(
            scores[0], expected[::resolution, ::resolution]
        )


@pytest.mark.parametrize(("preset", "instances"), PRESETS_AND_INSTANCES)
def test_the_exact_case_is_not_trivial(preset, instances):
    _, _, scores = exact_case(preset, instances, (9, 3))
    assert len(np.unique(scores)) > 10
    assert np.abs(scores).max() < 2**20


@pytest.mark.parametrize(
    "method",
    ["fragments"]
    + [
        pytest.param(method, marks=pytest.mark.slow)
        for method in ("shift_and_stitch", "patches")
    ],
)
@pytest.mark.parametrize("feedback", FEEDBACKS)
def test_tanh_and_a_batch_within_rounding(method, feedback):
    model = RecurrentCNN.from_preset("rcnn2", 3, feedback=feedback)
    rng = np.random.default_rng(2)
    # Fresh weights make nothing of what is fed back.
    model.set_weights(
        [rng.normal(0, 0.04, w.shape) for w in model.get_weights()]
    )
    images = rng.normal(size=(2, 2, 5, 3))
    network = NumpyNetwork(model)
    expected = [network.scores(image, 3, 155) for image in images]
    scores = in_a_graph(method, model, 3, 1)(images.astype("float32"))
    np.testing.assert_allclose(scores, expected, atol=1e-5)


@pytest.mark.parametrize("method", ["fragments", "shift_and_stitch"])
def test_a_photo_larger_than_the_receptive_field(method):
    model = narrow_network("rcnn2", "relu")
    image = 16.0 * np.random.default_rng(3).integers(-3, 4, (70, 91, 3))
    graph = tf.function(
        lambda images: METHODS[method](model, images, 2),
        input_signature=[tf.TensorSpec((None, None, None, 3), tf.float32)],
    )
    scores = graph(image[np.newaxis].astype("float32"))[0].numpy()
    network = NumpyNetwork(model)
    padded = np.pad(image, ((33, 33), (33, 33), (0, 0)))
    rng = np.random.default_rng(4)
    for row, column in zip(
        [0, 69, *rng.integers(0, 70, 20)],
        [0, 90, *rng.integers(0, 91, 20)],
        strict=True,
    ):
        patch = padded[row : row + 67, column : column + 67]
        np.testing.assert_array_equal(
            scores[row, column], network.score(patch, 2)
        )


@pytest.mark.slow
def test_pooling_sizes_that_share_no_factor():
    """Pools of 3 and 2: stride 6, of which 2 and 3 divide in another order."""
    stages = [Stage(2, 3, 3), Stage(2, 2, 2)]
    stack = ConvStack(stages, 2, 2, activation="relu")
    model = RecurrentCNN(stack, 2)
    rng = np.random.default_rng(0)
    model.set_weights(
        [rng.integers(-1, 2, w.shape) for w in model.get_weights()]
    )
    image = 36.0 * rng.integers(-3, 4, (7, 8, 3))
    for resolution in (1, 4, 9, 36):
        results = [
            in_a_graph(method, model, 2, resolution)(
                image[np.newaxis].astype("float32")
            )
            for method in METHODS
        ]
        np.testing.assert_allclose(results[0], results[2], rtol=1e-6)
        np.testing.assert_allclose(results[1], results[2], rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("resolution", "instances"), [(3, 3), (8, 2), (0, 1)])
def test_resolutions_that_are_not_possible(method, resolution, instances):
    model = narrow_network("rcnn2", "tanh")
    image = np.zeros((1, 4, 4, 3), "float32")
    with pytest.raises(InputError, match="choose one of 1, 2"):
        METHODS[method](model, image, instances, resolution)


def test_equals_the_loop_with_many_filters():
    """With 16 filters, fragments use the Winograd convolution."""
    model = narrow_network("rcnn2", "relu", filters=16)
    image = 16.0 * np.random.default_rng(1).integers(-3, 4, (6, 5, 3))
    expected = NumpyNetwork(model).scores(image, 2, 67)
    assert len(np.unique(expected)) > 10
    assert np.abs(expected).max() < 2**20
    scores = in_a_graph("fragments", model, 2, 1)(
        image[np.newaxis].astype("float32")
    )
    np.testing.assert_array_equal(scores[0], expected)
