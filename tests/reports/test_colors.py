"""Colors of labels, pixel by pixel."""

import numpy as np
import pytest

from keras_rcnn.reports import (
    error_map,
    label_colors,
    label_shares,
    overlay,
)

PALETTE = ((10, 20, 30), (40, 50, 60), (250, 0, 100))
LABELS = np.array([[0, 2], [1, 255]], np.uint8)


def test_label_colors():
    colors = label_colors(LABELS, PALETTE)
    assert colors.dtype == np.uint8
    assert colors.tolist() == [
        [[10, 20, 30], [250, 0, 100]],
        [[40, 50, 60], [0, 0, 0]],
    ]


def test_overlay_by_hand():
    image = np.full((2, 2, 3), 100, np.uint8)
    # 0.25 * (10, 20, 30) + 0.75 * 100 = (77.5, 80, 82.5), halves to even
    # 0.25 * (250, 0, 100) + 75 = (137.5, 75, 100)
    # 0.25 * (40, 50, 60) + 75 = (85, 87.5, 90); unknown stays as it is
    assert overlay(image, LABELS, PALETTE, opacity=0.25).tolist() == [
        [[78, 80, 82], [138, 75, 100]],
        [[85, 88, 90], [100, 100, 100]],
    ]


@pytest.mark.parametrize("opacity", [0, 1])
def test_overlay_at_its_ends(noise, opacity):
    labels = (noise[..., 0] % 3).astype(np.uint8)
    expected = label_colors(labels, PALETTE) if opacity else noise
    np.testing.assert_array_equal(
        overlay(noise, labels, PALETTE, opacity), expected
    )


def test_overlay_of_many_rows():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (301, 5, 3), np.uint8)
    labels = rng.integers(0, 4, (301, 5), np.uint8)
    labels[labels == 3] = 255
    colors = np.array([*PALETTE, (0, 0, 0)])[np.minimum(labels, 3)]
    mixed = np.rint((colors + image.astype(int)) / 2)
    expected = np.where(labels[..., None] == 255, image, mixed)
    np.testing.assert_array_equal(overlay(image, labels, PALETTE), expected)


def test_error_map():
    truth = np.array([[0, 1], [255, 255]], np.uint8)
    labels = np.array([[0, 2], [1, 255]], np.uint8)
    right, wrong, unknown = [225] * 3, [205, 30, 45], [0] * 3
    assert error_map(truth, labels).tolist() == [
        [right, wrong],
        [unknown, unknown],
    ]


def test_shares_of_many_pixels_and_255_classes():
    labels = np.zeros((1100, 1000), np.uint8)
    labels[-165:-55] = 254
    labels[-55:] = 255
    shares = label_shares(labels, 255)
    assert shares.shape == (255,)
    np.testing.assert_allclose((shares[0], shares[254]), (0.85, 0.1))
    assert shares.sum() == pytest.approx(0.95)
