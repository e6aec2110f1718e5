"""Figures and crops of the report on errors, by what is drawn."""

import matplotlib.axes
import numpy as np
import pytest

from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.evaluation.calibration import Calibration
from keras_rcnn.reports import (
    distance_figure,
    outlined_crop,
    reliability_figure,
)


@pytest.fixture
def drawn(monkeypatch):
    """What is drawn by which method of the axes."""
    calls = {"bar": [], "plot": []}
    for name, remembered in calls.items():
        method = getattr(matplotlib.axes.Axes, name)

        def draw(axes, *values, method=method, kept=remembered, **options):
            kept.append([np.array(v, object) for v in values])
            return method(axes, *values, **options)

        monkeypatch.setattr(matplotlib.axes.Axes, name, draw)
    return calls


def test_reliability_has_a_bar_for_each_bin_that_has_pixels(drawn):
    calibration = Calibration(num_bins=4)
    calibration.update(
        np.array([0.3, 0.9, 0.9, 0.9]), np.array([True, True, True, False])
    )

    picture = reliability_figure(calibration)

    left, heights, widths = drawn["bar"][0]
    assert left.tolist() == [0.25, 0.75]
    assert heights.tolist() == [1, 2 / 3]
    assert widths.tolist() == [0.25, 0.25]
    # Of all pixels, in every bin.
    assert drawn["bar"][1][1].tolist() == [0, 0.25, 0, 0.75]
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 3


def test_distances_are_lines(drawn):
    lines = {name: BinnedAccuracy([1, 2, np.inf]) for name in ("a", "b")}
    lines["a"].update(np.array([1, 1, 5]), np.array([True, False, True]))
    lines["b"].update(np.array([1, 9, 5]), np.array([True, False, True]))

    picture = distance_figure(lines)

    assert [line[0].tolist() for line in drawn["plot"]] == [[0.5, 1], [1, 0.5]]
    assert picture.shape[2] == 3


def test_a_crop_shows_the_region_untouched_and_lines_around_it():
    image = np.full((300, 400, 3), 100, np.uint8)
    region = np.zeros((300, 400), bool)
    region[140:160, 200:210] = True

    crop = outlined_crop(image, region)

    # Rows 102 to 197 and columns 157 to 252: the middles are 150 and 205.
    assert crop.shape == (96, 96, 3)
    rows, columns = slice(140 - 102, 160 - 102), slice(200 - 157, 210 - 157)
    assert (crop[rows, columns] == 100).all()
    assert (crop[37, columns] == 255).all()
    assert (crop[36, columns] == 0).all()
    assert (crop[:36] == 100).all()
    assert (image == 100).all()


@pytest.mark.parametrize(
    ("rows", "columns", "shape"),
    [
        (slice(0, 100), slice(0, 2), (200, 200, 3)),
        (slice(290, 300), slice(390, 400), (96, 96, 3)),
        (slice(0, 300), slice(5, 6), (300, 400, 3)),
    ],
)
def test_a_crop_is_a_square_as_far_as_the_photo_goes(rows, columns, shape):
    rng = np.random.default_rng(0)
    image = rng.integers(1, 255, (300, 400, 3), np.uint8)
    region = np.zeros((300, 400), bool)
    region[rows, columns] = True

    crop = outlined_crop(image, region)

    assert crop.shape == shape
    # All of the region is in it.
    inside = {tuple(pixel) for pixel in image[region].tolist()}
    assert inside <= {tuple(p) for p in crop.reshape(-1, 3).tolist()}


def test_a_photo_smaller_than_a_crop():
    image = np.full((5, 7, 3), 9, np.uint8)
    region = np.ones((5, 7), bool)
    np.testing.assert_array_equal(outlined_crop(image, region), image)
