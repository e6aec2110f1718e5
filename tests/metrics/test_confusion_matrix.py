"""Scores against a hand-worked example and plain loops."""

import numpy as np
import pytest

from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix

# Three classes, ten pixels, one of them unknown (255).
TRUTH = np.array([[0, 0, 0, 0, 1], [1, 1, 2, 2, 255]], np.uint8)
LABELS = np.array([[0, 0, 0, 1, 1], [0, 2, 2, 2, 0]], np.uint8)


def counted(truth, labels, num_classes):
    matrix = ConfusionMatrix(num_classes)
    matrix.update(truth, labels)
    return matrix


def test_hand_worked_example():
    matrix = counted(TRUTH, LABELS, 3)
    # Class 0: 3 right, 1 taken for 1. Class 1: 1 right, 1 taken for 0 and 1
    # for 2. Class 2: both right. The unknown pixel is nowhere.
    assert matrix.counts.tolist() == [[3, 1, 0], [1, 1, 1], [0, 0, 2]]
    assert matrix.counts.dtype == np.int64
    assert matrix.num_pixels == 9
    # (3 + 1 + 2) / 9
    assert matrix.pixel_accuracy == pytest.approx(6 / 9)
    # 3 of 4, 1 of 3, 2 of 2
    assert matrix.class_accuracies == pytest.approx([3 / 4, 1 / 3, 1])
    # (3/4 + 1/3 + 1) / 3 = 25/36
    assert matrix.class_accuracy == pytest.approx(25 / 36)
    # Unions: 4 + 4 - 3 = 5, 3 + 2 - 1 = 4, 2 + 3 - 2 = 3,
    # hence (3/5 + 1/4 + 2/3) / 3 = 91/180
    assert matrix.class_ious == pytest.approx([3 / 5, 1 / 4, 2 / 3])
    assert matrix.mean_iou == pytest.approx(91 / 180)


def test_standard_error_of_photos_of_one_size():
    matrix = ConfusionMatrix(2)
    for right in (5, 7, 9, 7):
        truth = np.zeros(10, np.uint8)
        matrix.update(truth, np.arange(10) >= right)
    # Shares 0.5, 0.7, 0.9, 0.7: their deviation is sqrt(0.08 / 3), and that
    # of a mean of four half of it.
    assert matrix.pixel_accuracy_standard_error == pytest.approx(
        np.sqrt(0.08 / 3) / 2
    )


def test_standard_error_equals_that_of_photos_drawn_anew():
    rng = np.random.default_rng(0)
    known = rng.integers(50, 100, 60)
    right = rng.binomial(known, rng.uniform(0.5, 1, 60))
    matrix = ConfusionMatrix(2)
    for parts, whole in zip(right, known, strict=True):
        matrix.update(np.zeros(whole, np.uint8), np.arange(whole) >= parts)
    draws = rng.integers(0, 60, (20000, 60))
    scores = right[draws].sum(axis=1) / known[draws].sum(axis=1)
    assert matrix.pixel_accuracy_standard_error == pytest.approx(
        np.std(scores), rel=0.04
    )


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_photos_have_no_standard_error(count):
    matrix = ConfusionMatrix(2)
    for _ in range(count):
        matrix.update(np.zeros(3, np.uint8), np.zeros(3, np.uint8))
    assert np.isnan(matrix.pixel_accuracy_standard_error)


def numpy_twin(truth, labels, num_classes):
    """All scores by loops over sets of pixels, without any matrix."""
    known = [
        (t, p) for t, p in zip(truth.flat, labels.flat, strict=True) if t != 255
    ]
    accuracies, ious = [], []
    for index in range(num_classes):
        true = {i for i, (t, _) in enumerate(known) if t == index}
        given = {i for i, (_, p) in enumerate(known) if p == index}
        if true:
            accuracies.append(len(true & given) / len(true))
        if true | given:
            ious.append(len(true & given) / len(true | given))
    right = sum(t == p for t, p in known)
    return right / len(known), np.mean(accuracies), np.mean(ious)


@pytest.mark.parametrize("seed", range(5))
def test_equals_numpy_twin(seed):
    rng = np.random.default_rng(seed)
    truth = rng.choice([0, 1, 2, 4, 6, 255], size=(31, 17)).astype(np.uint8)
    labels = rng.choice([0, 1, 3, 4], size=(31, 17)).astype(np.uint8)
    matrix = counted(truth, labels, 7)
    scores = matrix.pixel_accuracy, matrix.class_accuracy, matrix.mean_iou
    assert scores == pytest.approx(numpy_twin(truth, labels, 7))


def test_updates_add_up():
    matrix = counted(TRUTH, LABELS, 3)
    matrix.update(TRUTH[:1], LABELS[:1])
    both = counted(
        np.concatenate([TRUTH, TRUTH[:1]]),
        np.concatenate([LABELS, LABELS[:1]]),
        3,
    )
    np.testing.assert_array_equal(matrix.counts, both.counts)


def test_absent_class_stays_out():
    # Class 1 is neither there nor given; class 2 is given but not there.
    matrix = counted(np.array([0, 0]), np.array([0, 2]), 3)
    np.testing.assert_array_equal(
        matrix.class_accuracies, [0.5, np.nan, np.nan]
    )
    assert matrix.class_accuracy == 0.5
    # Class 0: 1 of 2. Class 2: 0 of 1. Class 1 does not count.
    assert matrix.mean_iou == 0.25


def test_unknown_pixels_may_have_any_label():
    # A labeling may be unknown itself where the truth is.
    matrix = counted(np.array([0, 255]), np.array([0, 255]), 2)
    assert matrix.num_pixels == 1


def test_another_ignore_label():
    matrix = ConfusionMatrix(2, ignore_label=-1)
    matrix.update(np.array([-1, 0, 1]), np.array([0, 0, 1]))
    assert matrix.counts.tolist() == [[1, 0], [0, 1]]


def test_nothing_counted_is_nan():
    matrix = counted(np.array([255]), np.array([0]), 2)
    assert np.isnan(
        [matrix.pixel_accuracy, matrix.class_accuracy, matrix.mean_iou]
    ).all()


def test_exact_beyond_float_and_32_bits():
    matrix = ConfusionMatrix(2)
    # 2^53 is where float64 stops to count by one, far beyond 32 bits.
    matrix.counts[0, 0] = 2**53
    matrix.update(np.array([0]), np.array([0]))
    assert matrix.num_pixels == 2**53 + 1


def test_many_classes_do_not_overflow_bytes():
    # 254 * 255 + 254 does not fit into the uint8 that labels come in.
    labels = np.full(3, 254, np.uint8)
    matrix = counted(labels, labels, 255)
    assert matrix.counts[254, 254] == 3
    assert matrix.num_pixels == 3


@pytest.mark.parametrize(
    ("truth", "labels", "message"),
    [
        ([0, 3], [0, 0], "truth holds 3, but there are classes 0 to 2 only"),
        ([0, 1], [0, 7], "labels holds 7"),
        ([0, -1], [0, 0], "truth holds -1"),
        ([0, 1], [0], r"\(2,\) and labels \(1,\)"),
    ],
)
def test_refuses_what_is_no_class(truth, labels, message):
    with pytest.raises(ValueError, match=message):
        counted(np.array(truth), np.array(labels), 3)
