"""From uint8 photos to labels: standardization, padding, interpolation."""

import numpy as np
import pytest

import keras_rcnn
from keras_rcnn.errors import InputError
from tests.helpers.oracle import NumpyNetwork

PHOTO = np.random.default_rng(0).integers(0, 256, (1, 5, 9, 3), np.uint8)


@pytest.fixture(scope="module")
def model():
    return keras_rcnn.RecurrentCNN.from_preset("rcnn2", 3)


def standardized(photo):
    pixels = photo.astype(np.float64)
    return (pixels - pixels.mean()) / pixels.std()


def probabilities(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def test_full_resolution_equals_the_loop(model):
    scores = NumpyNetwork(model).scores(standardized(PHOTO[0]), 2, 67)
    labeler = keras_rcnn.SceneLabeler(model, num_instances=2)
    labels, shares = labeler(PHOTO, return_probabilities=True)
    np.testing.assert_allclose(shares[0], probabilities(scores), atol=1e-5)
    np.testing.assert_array_equal(labels[0], scores.argmax(axis=-1))
    np.testing.assert_array_equal(labeler(PHOTO), labels)
    assert labels.dtype == np.uint8
    assert shares.dtype == np.float32


def interpolated(scores, length, axis, resolution):
    """Score i stands at pixel r * i; beyond the last one it stays."""
    scores = np.moveaxis(scores, axis, 0)
    rows = []
    for pixel in range(length):
        left = pixel // resolution
        right = min(left + 1, len(scores) - 1)
        part = pixel % resolution / resolution
        rows.append((1 - part) * scores[left] + part * scores[right])
    return np.moveaxis(np.stack(rows), 0, axis)


def scores_of_all_pixels(model, resolution):
    scores = NumpyNetwork(model).scores(
        standardized(PHOTO[0]), 2, 67, resolution
    )
    for axis, length in enumerate(PHOTO.shape[1:3]):
        scores = interpolated(scores, length, axis, resolution)
    return scores


@pytest.mark.parametrize("resolution", [1, 4])
def test_smoothed_scores_are_means_of_those_inside_the_photo(model, resolution):
    scores = scores_of_all_pixels(model, resolution)
    means = np.empty_like(scores)
    for row, column in np.ndindex(scores.shape[:2]):
        rows = slice(max(0, row - 1), row + 2)
        means[row, column] = scores[rows, max(0, column - 1) : column + 2].mean(
            axis=(0, 1)
        )
    labeler = keras_rcnn.SceneLabeler(
        model, output_resolution=resolution, num_instances=2, smoothing=3
    )
    labels, shares = labeler(PHOTO, return_probabilities=True)
    np.testing.assert_allclose(shares[0], probabilities(means), atol=1e-5)
    np.testing.assert_array_equal(labels[0], means.argmax(axis=-1))


@pytest.mark.parametrize("resolution", [2, 4])
def test_coarse_scores_are_interpolated_bilinearly(model, resolution):
    scores = scores_of_all_pixels(model, resolution)
    labeler = keras_rcnn.SceneLabeler(
        model, output_resolution=resolution, num_instances=2
    )
    _, shares = labeler(PHOTO, return_probabilities=True)
    np.testing.assert_allclose(shares[0], probabilities(scores), atol=1e-5)


def test_each_photo_of_a_batch_is_standardized_by_itself(model):
    labeler = keras_rcnn.SceneLabeler(model, output_resolution=8)
    dark = PHOTO // 4
    together = labeler(np.concatenate([PHOTO, dark]))
    np.testing.assert_array_equal(together[:1], labeler(PHOTO))
    np.testing.assert_array_equal(together[1:], labeler(dark))


@pytest.mark.parametrize("resolution", [1, 8])
def test_small_and_flat_photos(model, resolution):
    labeler = keras_rcnn.SceneLabeler(model, output_resolution=resolution)
    for size in ((1, 1), (1, 20), (17, 2)):
        labels, shares = labeler(
            np.full((1, *size, 3), 200, np.uint8), return_probabilities=True
        )
        assert labels.shape == (1, *size)
        assert np.isfinite(shares).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "magic"}, "'magic'.*fragments, shift_and_stitch"),
        ({"output_resolution": 3}, "choose one of 1, 2, 4, 8"),
        ({"num_instances": 1, "output_resolution": 8}, "choose one of 1, 2"),
        ({"num_instances": -1}, "-1 instances"),
        ({"smoothing": 4}, "4x4 pixels is not possible: .* odd"),
        ({"smoothing": 0}, "from 1 to 15"),
        ({"smoothing": 17}, "from 1 to 15"),
        ({"num_instances": 7}, "7 instances.* take .* MB: give fewer"),
    ],
)
def test_impossible_choices_are_refused(model, arguments, message):
    with pytest.raises(InputError, match=message):
        keras_rcnn.SceneLabeler(model, **arguments)


def test_precision_is_chosen_apart_from_the_model(model, monkeypatch):
    """bfloat16 changes labels only where two classes are close."""
    exact, shares = keras_rcnn.SceneLabeler(model, output_resolution=8)(
        PHOTO, return_probabilities=True
    )
    monkeypatch.setattr(
        "keras_rcnn.layers.precision.multiplies_bfloat16", lambda: True
    )
    labeler = keras_rcnn.SceneLabeler(model, output_resolution=8)
    _, rough = labeler(PHOTO, return_probabilities=True)
    assert model.compute_dtype == "float32"
    assert not np.array_equal(rough, shares)
    np.testing.assert_allclose(rough, shares, atol=0.02)
    labeler = keras_rcnn.SceneLabeler(
        model, output_resolution=8, precision="float32"
    )
    np.testing.assert_array_equal(labeler(PHOTO), exact)
