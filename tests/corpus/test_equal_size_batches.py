"""Batches of photos of one size."""

import numpy as np
import pytest

pytest.importorskip("apache_beam")
from keras_rcnn.corpus.equal_size_batches import EqualSizeBatches

pytestmark = pytest.mark.extras(name="beam")


def batches_of(sizes):
    """Batches as numbers of their photos, full ones and those left over."""
    step = EqualSizeBatches()
    step.start_bundle()
    full = [
        batch
        for number, size in enumerate(sizes)
        for batch in step.process((number, np.empty((*size, 3), np.uint8)))
    ]
    left = [each.value for each in step.finish_bundle()]
    for batch in full + left:
        assert len({photo.shape for _, photo in batch}) == 1
    return [
        [[number for number, _ in b] for b in kind] for kind in (full, left)
    ]


def test_eight_of_a_size_are_a_batch():
    # Every third photo is an upright one.
    sizes = [(2, 3), (2, 3), (3, 2)] * 7
    full, left = batches_of(sizes)
    assert full == [[0, 1, 3, 4, 6, 7, 9, 10]]
    assert left == [[2, 5, 8, 11, 14, 17, 20], [12, 13, 15, 16, 18, 19]]


def test_four_megapixels_wait_at_most():
    # 1, 2, 3, 4 million pixels; then again from none.
    full, left = batches_of([(1000, 1000), (1000, 2000), (1000, 1000), (9, 9)])
    assert full == [[0, 2], [1]]
    assert left == [[3]]


def test_full_batches_wait_no_longer():
    # Eight of half a megapixel are four, and the next eight as well.
    full, left = batches_of([(500, 999)] * 16 + [(9, 9)])
    assert full == [list(range(8)), list(range(8, 16))]
    assert left == [[16]]


def test_a_bundle_begins_without_photos():
    step = EqualSizeBatches()
    photo = np.empty((2, 3, 3), np.uint8)
    for number in range(2):
        step.start_bundle()
        assert not list(step.process((number, photo)))
        (left,) = step.finish_bundle()
        assert [n for n, _ in left.value] == [number]
