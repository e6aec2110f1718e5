"""The figure of the confusion matrix, by the colours of its cells."""

import matplotlib
import numpy as np
import pytest

from keras_rcnn.visualization import confusion_figure

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
