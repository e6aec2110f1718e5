"""The optimizer against a loop in NumPy."""

import keras
import numpy as np
import pytest

from keras_rcnn.optimizers.muon import Muon

RATE = 0.01


def kernel(shape, name):
    values = np.random.default_rng(0).normal(size=shape)
    return keras.Variable(values.astype(np.float32), name=name)


def orthogonal(matrix):
    """Newton-Schulz steps with the coefficients of Jordan et al."""
    x = matrix / (np.linalg.norm(matrix) + 1e-7)
    for _ in range(5):
        gram = x.T @ x
        x = 3.4445 * x + x @ (-4.7750 * gram + 2.0315 * gram @ gram)
    return x


def test_filters_move_along_the_orthogonal_momentum():
    variable = kernel((3, 2, 4, 5), "kernel")
    expected = variable.numpy().astype(np.float64)
    optimizer = Muon(RATE)
    momentum = np.zeros((24, 5))
    for seed in (1, 2, 3):
        gradient = np.random.default_rng(seed).normal(size=(24, 5))
        momentum = gradient + 0.95 * momentum
        step = orthogonal(gradient + 0.95 * momentum) * 0.2 * np.sqrt(24)
        expected -= RATE * step.reshape(expected.shape)
        optimizer.apply(
            [gradient.reshape(expected.shape).astype(np.float32)], [variable]
        )
    np.testing.assert_allclose(variable.numpy(), expected, atol=1e-5)


def test_a_depthwise_kernel_is_trained_by_adam():
    """It has one filter for each channel, and no matrix of filters."""
    variable = kernel((3, 3, 4, 1), "kernel")
    before = variable.numpy()
    gradient = np.random.default_rng(1).normal(size=before.shape)
    Muon(RATE).apply([gradient.astype(np.float32)], [variable])
    # The first step of Adam has the size of the rate in all directions.
    np.testing.assert_allclose(
        variable.numpy(), before - RATE * np.sign(gradient), rtol=1e-4
    )


def test_the_step_does_not_depend_on_the_size_of_the_gradient():
    gradient = np.random.default_rng(1).normal(size=(3, 3, 4, 5))
    moved = []
    for size in (1e-3, 1e3):
        variable = kernel((3, 3, 4, 5), "kernel")
        Muon(RATE).apply([(size * gradient).astype(np.float32)], [variable])
        moved.append(variable.numpy())
    np.testing.assert_allclose(*moved, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "name"), [((5,), "bias"), ((1, 1, 4, 5), "classifier_kernel")]
)
def test_all_else_moves_as_with_adam(shape, name):
    gradients = np.random.default_rng(1).normal(size=(3, *shape))
    results = []
    for optimizer in (Muon(RATE), keras.optimizers.Adam(RATE)):
        variable = kernel(shape, name)
        for gradient in gradients.astype(np.float32):
            optimizer.apply([gradient], [variable])
        results.append(variable.numpy())
    np.testing.assert_allclose(*results, atol=1e-6)


def test_it_can_be_written_down_and_built_again():
    written = keras.saving.serialize_keras_object(
        Muon(0.5, name="muon", momentum=0.9)
    )
    again = keras.saving.deserialize_keras_object(written)
    assert isinstance(again, Muon)
    assert (
        again.get_config() == Muon(0.5, name="muon", momentum=0.9).get_config()
    )


def test_weights_decay_with_the_rate():
    """Without a gradient a step takes rate x decay of each weight away."""
    variable = kernel((3, 3, 4, 5), "kernel")
    before = variable.numpy()
    optimizer = Muon(RATE, weight_decay=0.5)
    optimizer.apply([np.zeros(before.shape, np.float32)], [variable])
    np.testing.assert_allclose(
        variable.numpy(), before * (1 - RATE * 0.5), rtol=1e-5
    )
