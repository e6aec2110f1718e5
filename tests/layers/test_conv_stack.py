"""The stack f against a NumPy loop."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.layers import ConvStack
from keras_rcnn.models import RecurrentCNN
from keras_rcnn.models.presets import Stage
from keras_rcnn.optimizers.muon import Muon
from tests.helpers.oracle import NumpyNetwork, convolve, max_pool

STAGES = (Stage(4, 8, 2), Stage(5, 8))


@pytest.fixture
def stack():
    stack = RecurrentCNN(ConvStack(STAGES, num_classes=3), 2).conv_stack
    # Fresh weights ignore the score planes, which would prove nothing here.
    kernel = stack.weights[0]
    kernel.assign(np.random.default_rng(1).normal(0, 0.1, kernel.shape))
    return stack


def oracle(stack):
    return NumpyNetwork(RecurrentCNN(stack, 1))


def test_equals_a_loop(stack):
    planes = np.random.default_rng(0).normal(size=(2, 26, 23, 6))
    result = stack(planes.astype("float32"))
    expected = [oracle(stack).stack(entry) for entry in planes]
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_the_image_alone_means_planes_of_zero(stack):
    image = np.random.default_rng(0).normal(size=(1, 25, 24, 3))
    with_zeros = np.concatenate([np.zeros((25, 24, 3)), image[0]], axis=-1)
    np.testing.assert_allclose(
        stack(image.astype("float32"))[0],
        oracle(stack).stack(with_zeros),
        atol=1e-5,
    )


def test_fresh_weights_see_the_image_alone():
    stack = RecurrentCNN(ConvStack(STAGES, num_classes=3), 2).conv_stack
    of_planes, of_image = np.split(stack.weights[0].numpy(), [3], axis=2)
    assert not of_planes.any()
    assert of_image.all()


def test_the_penalty_is_on_what_goes_into_the_activations(stack):
    stack.saturation_penalty = 0.3
    planes = np.random.default_rng(0).normal(size=(2, 26, 23, 6))
    inputs = planes.astype("float32")
    assert stack(inputs).shape[0] == 2
    assert not stack.losses
    stack(inputs, training=True)
    first, second, _ = oracle(stack).layers
    before = [max_pool(convolve(entry, *first), 2) for entry in planes]
    after = [convolve(np.tanh(entry), *second) for entry in before]
    np.testing.assert_allclose(
        stack.losses,
        [0.3 * np.mean(np.square(each)) for each in (before, after)],
        rtol=1e-5,
    )


def test_kernels_start_as_they_are_told():
    """Orthogonal: filters of length 1 without anything in common."""
    stack = ConvStack(STAGES, 3, initializer="orthogonal")
    stack.build((None, None, None, 6))
    for kernel in stack.weights[2::2]:
        filters = kernel.numpy().reshape(-1, kernel.shape[-1])
        np.testing.assert_allclose(
            filters.T @ filters, np.eye(filters.shape[1]), atol=1e-5
        )


def test_shapes_follow_the_geometry(stack):
    for size in (23, 24, 25, 40):
        shape = stack(np.zeros((1, size, 30, 3), "float32")).shape
        assert tuple(shape) == stack.compute_output_shape((1, size, 30, 3))


def test_wrong_channels_and_sizes_are_refused(stack):
    with pytest.raises(ValueError, match="4 channels: give 3 or 6"):
        stack(np.zeros((1, 23, 23, 4), "float32"))
    with pytest.raises(InputError, match=r"22x30.*23x23"):
        stack(np.zeros((1, 22, 30, 3), "float32"))


def test_mixed_precision_computes_in_bfloat16():
    stack = ConvStack(STAGES, 3, dtype="mixed_bfloat16")
    graph = tf.function(stack).get_concrete_function(
        tf.TensorSpec((1, 23, 23, 3))
    )
    dtypes = [
        operation.outputs[0].dtype
        for operation in graph.graph.get_operations()
        if operation.type == "Conv2D"
    ]
    # The classifier decides in float32.
    assert dtypes == [tf.bfloat16] * len(STAGES) + [tf.float32]
    assert graph.structured_outputs.dtype == tf.float32
    assert {weight.dtype for weight in stack.weights} == {"float32"}


def test_normalizations_fold_into_the_convolutions():
    """What a loop normalizes, the copy does by kernels and biases alone."""
    stack = ConvStack(STAGES, num_classes=3, normalization=True)
    model = RecurrentCNN(stack, 2)
    rng = np.random.default_rng(0)
    for weight in stack.weights:
        # No scale and no variance below 0.
        weight.assign(rng.uniform(0.1, 1.0, weight.shape))
    planes = rng.normal(size=(25, 27, 6)).astype("float32")
    expected = planes
    for convolution, layer in zip(
        stack.hidden, stack.normalizations, strict=True
    ):
        kernel, bias = map(np.array, convolution.weights)
        gamma, beta, mean, variance = map(np.array, layer.weights[:4])
        before = convolve(expected, kernel, bias)
        if convolution is stack.hidden[0]:
            before = max_pool(before, 2)
        normal = (before - mean) / np.sqrt(variance + layer.epsilon)
        expected = np.tanh(normal * gamma + beta)
    expected = convolve(expected, *map(np.array, stack.classifier.weights))

    folded = model.copy("float32").conv_stack

    np.testing.assert_allclose(stack(planes[None])[0], expected, atol=1e-4)
    np.testing.assert_allclose(folded(planes[None])[0], expected, atol=1e-4)
    assert len(folded.weights) == 6


def test_scales_of_normalizations_stay_positive():
    """As pooling before them demands, however far a step goes."""
    stack = ConvStack(STAGES, num_classes=3, normalization=True)
    stack.build((None, None, None, 6))
    gamma = stack.normalizations[0].gamma
    optimizer = Muon(learning_rate=3.0)
    optimizer.build([gamma])
    optimizer.apply([tf.ones_like(gamma)], [gamma])
    np.testing.assert_array_equal(gamma, np.zeros(4))
