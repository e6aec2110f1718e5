"""Figures of the report on errors, by what is drawn."""

import matplotlib
import matplotlib.axes
import numpy as np
import pytest

from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.evaluation.calibration import Calibration
from keras_rcnn.reports.figures import (
    confusion_figure,
    distance_figure,
    reliability_figure,
)

DARKEST = np.array(matplotlib.colormaps["Blues"](1.0, bytes=True)[:3])


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


def share_of_darkest(picture):
    return (picture == DARKEST).all(axis=-1).mean()


@pytest.mark.parametrize("count", [1, 10**12])
def test_rows_are_percents_of_the_class(count):
    # The same figure, however many pixels a class has.
    figures = [
        confusion_figure(np.diag([factor, 3 * factor]), ["sky", "tree"])
        for factor in (1, count)
    ]
    np.testing.assert_array_equal(*figures)


def test_as_many_dark_cells_as_perfect_classes():
    none, one, two = (
        share_of_darkest(confusion_figure(np.array(counts), ["sky", "tree"]))
        for counts in ([[0, 0], [1, 1]], [[9, 0], [1, 1]], [[9, 0], [0, 2]])
    )
    assert none == 0
    assert two == pytest.approx(2 * one, rel=0.05)
    assert one > 0.02


def test_grows_with_the_classes():
    small, large = (
        confusion_figure(np.eye(count), [f"class {i}" for i in range(count)])
        for count in (2, 33)
    )
    assert large.shape[0] > 4 * small.shape[0]
    assert small.dtype == np.uint8
    assert small.shape[2] == 3


def test_the_numbers_stand_in_their_cells(monkeypatch):
    written = []
    text = matplotlib.axes.Axes.text

    def remember(axes, column, row, number, **options):
        written.append((row, column, number))
        return text(axes, column, row, number, **options)

    monkeypatch.setattr(matplotlib.axes.Axes, "text", remember)
    # 1 of 4 and 3 of 4; 996 and 4 of 1,000, which rounds to nothing.
    confusion_figure(np.array([[1, 3], [4, 996]]), ["sky", "tree"])
    assert written == [(0, 0, "25"), (0, 1, "75"), (1, 1, "100")]


def test_dollar_signs_in_names_are_no_formulas():
    names = "$a$", r"$\frac{1"
    plain = confusion_figure(np.eye(2), ("aaa", "b"))
    assert confusion_figure(np.eye(2), names).shape[2:] == plain.shape[2:]
