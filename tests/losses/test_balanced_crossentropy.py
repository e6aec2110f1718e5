"""The loss against numbers worked out by hand."""

import math

import keras
import numpy as np
import pytest

from keras_rcnn.losses import BalancedCrossentropy

# True classes have 1/4 and 1/2; the third pixel is unknown.
SCORES = np.log([[[[1.0, 3.0], [1.0, 1.0], [9.0, 1.0]]]])
LABELS = np.array([[[0, 1, 0]]])
KNOWN = np.array([[[1.0, 1.0, 0.0]]])


def summed(*args, targets=LABELS, **settings):
    loss = BalancedCrossentropy(*args, reduction="sum", **settings)
    return float(loss(targets, SCORES, KNOWN))


def test_sum_and_mean_over_known_pixels():
    expected = math.log(4) + math.log(2)
    assert summed() == pytest.approx(expected)
    mean = BalancedCrossentropy()(LABELS, SCORES, KNOWN)
    assert float(mean) == pytest.approx(expected / 2)


def test_class_weights_multiply():
    expected = 3 * math.log(4) + 0.5 * math.log(2)
    assert summed([3.0, 0.5]) == pytest.approx(expected)


def test_smoothed_labels_ask_for_every_class_a_little():
    # A fifth goes to the two classes equally: 0.9 to the true one, 0.1 to the
    # other, of 1/4 and 3/4, then of 1/2 and 1/2.
    first = 0.9 * math.log(4) + 0.1 * math.log(4 / 3)
    expected = first + math.log(2)
    assert summed(label_smoothing=0.2) == pytest.approx(expected)


def test_focal_gamma_makes_sure_pixels_count_less():
    # Weights (3/4)^2 and (1/2)^2.
    expected = 9 / 16 * math.log(4) + 1 / 4 * math.log(2)
    assert summed(focal_gamma=2.0) == pytest.approx(expected)


def test_targets_can_be_probabilities():
    # Of 1/4 and 3/4: a third of the first class, which weighs 3, and two
    # thirds of the other, which weighs 1/2; of 1/2 and 1/2: the other alone.
    targets = np.array([[[[1 / 3, 2 / 3], [0, 1], [1, 0]]]])
    first = 3 / 3 * math.log(4) + 0.5 * 2 / 3 * math.log(4 / 3)
    value = summed([3.0, 0.5], targets=targets)
    assert value == pytest.approx(first + 0.5 * math.log(2))


def test_it_can_be_serialized_and_built_again():
    loss = BalancedCrossentropy([3, 0.5], 0.1, 2.0, "sum", "balanced")
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert isinstance(again, BalancedCrossentropy)
    assert again.get_config() == loss.get_config()
    assert again.name == "balanced"
    assert again.reduction == "sum"
