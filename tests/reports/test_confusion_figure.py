"""The figure of the confusion matrix, by the colors of its cells."""

import matplotlib
import matplotlib.axes
import numpy as np
import pytest

from keras_rcnn.reports import confusion_figure

DARKEST = np.array(matplotlib.colormaps["Blues"](1.0, bytes=True)[:3])


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
