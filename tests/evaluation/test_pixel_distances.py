"""Distances against the nearest of all pixels."""

import numpy as np
import pytest

from keras_rcnn.evaluation.pixel_distances import (
    border_distances,
    boundary_distances,
)


def brute_force(labels):
    known = [(r, c) for r, c in np.ndindex(labels.shape) if labels[r, c] != 255]
    distances = np.full(labels.shape, np.nan)
    for row, column in known:
        distances[row, column] = min(
            (
                np.hypot(row - r, column - c)
                for r, c in known
                if labels[r, c] != labels[row, column]
            ),
            default=np.inf,
        )
    return distances


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [(1, 9), (8, 1), (11, 13)])
def test_equals_brute_force(seed, shape):
    rng = np.random.default_rng(seed)
    # Squares, so that some pixels are far from any other class.
    coarse = rng.choice(np.array([0, 3, 7, 255], np.uint8), (4, 4))
    labels = np.kron(coarse, np.ones((4, 4), np.uint8))[: shape[0], : shape[1]]
    np.testing.assert_allclose(boundary_distances(labels), brute_force(labels))


def test_one_class_has_no_boundary():
    labels = np.array([[2, 2], [255, 2]], np.uint8)
    expected = [[np.inf, np.inf], [np.nan, np.inf]]
    np.testing.assert_array_equal(boundary_distances(labels), expected)


def test_unknown_all_over():
    labels = np.full((3, 4), 255, np.uint8)
    assert np.isnan(boundary_distances(labels)).all()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 8), (6, 3)])
def test_border(height, width):
    distances = border_distances(height, width)
    assert distances.shape == (height, width)
    for row, column in np.ndindex(height, width):
        assert distances[row, column] == 1 + min(
            row, column, height - 1 - row, width - 1 - column
        )
