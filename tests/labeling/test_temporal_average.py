"""Probabilities averaged over the frames of a video."""

import numpy as np
import pytest

from keras_rcnn import RecurrentCNN, SceneLabeler
from keras_rcnn.errors import InputError
from keras_rcnn.labeling import Labeler, TemporalAverage

WEIGHT = 0.7


@pytest.fixture(scope="module")
def labeler():
    model = RecurrentCNN.from_stages("6x4p2", 3, 2)
    return SceneLabeler(model, output_resolution=2)


@pytest.fixture
def frames():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (5, 12, 16, 3), np.uint8)


def means(labeler, frames):
    """A loop over the frames before each frame, as sums of weighted terms."""
    found = [
        labeler.predict_proba(frame).astype(np.float64) for frame in frames
    ]
    for now in range(len(frames)):
        oldest = WEIGHT**now * found[0]
        yield oldest + sum(
            (1 - WEIGHT) * WEIGHT ** (now - then) * found[then]
            for then in range(1, now + 1)
        )


def test_frames_count_less_with_each_frame_after_them(labeler, frames):
    average = TemporalAverage(labeler, WEIGHT)
    assert isinstance(average, Labeler)
    for frame, mean in zip(frames, means(labeler, frames), strict=True):
        labels, found = average(frame, return_probabilities=True)
        np.testing.assert_allclose(found, mean, atol=1e-6)
        np.testing.assert_array_equal(labels, found.argmax(axis=-1))


def test_a_batch_is_a_row_of_frames(labeler, frames):
    alone, batch = (TemporalAverage(labeler, WEIGHT) for _ in range(2))
    expected = [alone(frame) for frame in frames]
    np.testing.assert_array_equal(batch(frames), expected)


def test_starts_again_without_a_mean_and_at_another_size(labeler, frames):
    average = TemporalAverage(labeler, WEIGHT)
    average(frames)
    small = frames[0, :9]
    np.testing.assert_array_equal(
        average.predict_proba(small), labeler.predict_proba(small)
    )
    average.mean = None
    np.testing.assert_array_equal(
        average.predict_proba(frames[3]), labeler.predict_proba(frames[3])
    )


@pytest.mark.parametrize("weight", [-0.1, 1, float("nan")])
def test_impossible_weights_are_refused(labeler, weight):
    with pytest.raises(InputError, match="at least 0 and less than 1"):
        TemporalAverage(labeler, weight)
