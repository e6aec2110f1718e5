"""Accuracy in bins and calibration against plain loops."""

import math

import numpy as np
import pytest

from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.evaluation.calibration import Calibration


def loop(confidences, right, num_bins):
    """Expected calibration error, a bin after the other."""
    error = 0.0
    for index in range(num_bins):
        low, high = index / num_bins, (index + 1) / num_bins
        members = [
            (c, r)
            for c, r in zip(confidences, right, strict=True)
            if low <= c < high or (index == num_bins - 1 and c == 1)
        ]
        if members:
            accuracy = sum(r for _, r in members) / len(members)
            mean = sum(c for c, _ in members) / len(members)
            error += len(members) / len(right) * abs(accuracy - mean)
    return error


@pytest.mark.parametrize("num_bins", [1, 4, 15])
def test_error_equals_a_loop_over_bins(num_bins):
    rng = np.random.default_rng(num_bins)
    confidences = np.append(rng.uniform(0, 1, 500), [0.0, 1.0, 1.0])
    right = rng.random(503) < confidences**2
    calibration = Calibration(num_bins)
    calibration.update(confidences[:200], right[:200])
    calibration.update(confidences[200:], right[200:])

    expected = loop(confidences.tolist(), right.tolist(), num_bins)

    assert calibration.expected_calibration_error == pytest.approx(expected)
    assert expected > 0.05


def test_hand_worked_error():
    calibration = Calibration(num_bins=2)
    # Below a half: 2 pixels, 1 right, mean 0.3: off by 0.2. Above: 3 pixels,
    # 3 right, mean 0.8: off by 0.2 as well, the other way.
    calibration.update(
        np.array([0.2, 0.4, 0.7, 0.8, 0.9]),
        np.array([True, False, True, True, True]),
    )
    assert calibration.counts.tolist() == [2, 3]
    assert calibration.accuracies.tolist() == [0.5, 1.0]
    assert calibration.means == pytest.approx([0.3, 0.8])
    assert calibration.expected_calibration_error == pytest.approx(0.2)


def test_as_sure_as_right_has_no_error():
    calibration = Calibration()
    calibration.update(np.full(4, 0.75), np.array([True, True, False, True]))
    assert calibration.expected_calibration_error == 0


def test_nothing_counted_is_no_number():
    assert math.isnan(Calibration().expected_calibration_error)
    assert np.isnan(Calibration().accuracies).all()


def test_bins_hold_their_lower_edge():
    accuracy = BinnedAccuracy([1, 2, 4, np.inf])
    numbers = np.array([[1, 1.9, 2], [4, np.inf, 3.99]])
    accuracy.update(numbers, numbers < 3)
    assert accuracy.counts.tolist() == [2, 2, 2]
    assert accuracy.right.tolist() == [2, 1, 0]


@pytest.mark.parametrize("number", [-0.1, 1.1, np.nan])
def test_a_number_in_no_bin(number):
    calibration = Calibration()
    with pytest.raises(ValueError, match="from 0 to 1"):
        calibration.update(np.array([0.5, number]), np.array([True, True]))
    assert calibration.counts.sum() == 0


def test_shapes_that_differ():
    with pytest.raises(ValueError, match="one shape"):
        Calibration().update(np.zeros((2, 1)), np.zeros(2, bool))
