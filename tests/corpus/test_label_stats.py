"""Figures that PNG files of labels carry."""

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("apache_beam")
from keras_rcnn.corpus.label_stats import LabelStats, label_png, stats_of

pytestmark = pytest.mark.extras(name="beam")
LABELS = np.array([[0, 2, 2], [2, 0, 1]], np.uint8)
# 2 of 6, 1 of 6 and 3 of 6 pixels.
STATS = LabelStats(2, 3, (2 / 6, 1 / 6, 3 / 6, 0.0), 0.1 + 0.2)


def test_figures_come_back_to_the_last_bit():
    png, stats = label_png(LABELS, 4, 0.1 + 0.2)
    assert stats == STATS
    assert stats_of(png) == STATS


def test_the_file_is_a_picture_of_the_labels():
    png, _ = label_png(LABELS, 4, 0.5)
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "L"
        np.testing.assert_array_equal(np.asarray(image), LABELS)


def test_a_file_that_was_cut_carries_none():
    png, _ = label_png(LABELS, 4, 0.5)
    for length in range(len(png)):
        assert stats_of(png[:length]) is None


def test_a_changed_byte_is_noticed():
    png, _ = label_png(LABELS, 4, 0.5)
    for place in range(8, len(png)):
        changed = bytearray(png)
        changed[place] ^= 1
        assert stats_of(bytes(changed)) is None


def test_pictures_of_others_carry_none():
    content = io.BytesIO()
    Image.fromarray(LABELS).save(content, "PNG")
    assert stats_of(content.getvalue()) is None
    assert stats_of(b"no picture") is None
