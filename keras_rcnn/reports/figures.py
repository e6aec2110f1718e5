"""Figures of Matplotlib as pictures, uint8 `(height, width, 3)`."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from keras_rcnn.errors import missing_extra
from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.evaluation.calibration import Calibration

try:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter
except ModuleNotFoundError as error:
    raise missing_extra("A figure", "reports") from error

_INCHES_PER_CLASS = 0.5


def confusion_figure(
    counts: np.ndarray, class_names: Sequence[str]
) -> np.ndarray:
    """Draws the labels of the pixels of each class, in percent of the class.

    Percentages that round to 0 have no number.

    Args:
        counts: `(num_classes, num_classes)`, row = truth, column = label.
        class_names: one for each class.
    """
    percent = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.5 + _INCHES_PER_CLASS * len(class_names)
    figure = _figure(side, side)
    axes = figure.add_subplot()
    axes.imshow(percent, cmap="Blues", vmin=0, vmax=100)
    ticks = range(len(class_names))
    # A dollar sign in a name would start a formula.
    plain = {"parse_math": False}
    axes.set_xticks(ticks, class_names, rotation=45, ha="right", **plain)
    axes.set_yticks(ticks, class_names, **plain)
    axes.set_xlabel("labeled as")
    axes.set_ylabel("truth")
    axes.set_title("Percent of each class's pixels")
    for row, column in np.argwhere(percent >= 0.5):
        axes.text(
            column,
            row,
            f"{percent[row, column]:.0f}",
            ha="center",
            va="center",
            fontsize=8,
            color="white" if percent[row, column] > 55 else "black",
        )
    return _pixels(figure)


def distance_figure(lines: Mapping[str, BinnedAccuracy]) -> np.ndarray:
    """Draws accuracy by distance, one line for each kind of distance.

    Args:
        lines: accuracy by distance in pixels, all with the same bins; the
            keys say what the distance is measured to.
    """
    figure = _figure(6, 3.8)
    axes = figure.add_subplot()
    for marker, (name, accuracy) in zip("os^Dv", lines.items(), strict=False):
        axes.plot(accuracy.accuracies, marker=marker, label=name)
        ticks = bin_names(accuracy.edges)
    axes.set_xticks(range(len(ticks)), ticks, fontsize=8)
    axes.set_xlabel("distance in pixels")
    axes.set_ylabel("pixels right")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(alpha=0.3)
    axes.legend()
    return _pixels(figure)


def bin_names(edges: np.ndarray) -> list[str]:
    """Names of the bins between edges.

    >>> bin_names(np.array([1, 2, 4, np.inf]))
    ['1 to 2', '2 to 4', '4 on']
    """
    return [
        f"{low:g} to {high:g}" if np.isfinite(high) else f"{low:g} on"
        for low, high in itertools.pairwise(edges)
    ]


def reliability_figure(calibration: Calibration) -> np.ndarray:
    """Draws accuracy by confidence, and how many pixels have a confidence."""
    figure = _figure(5, 5.5)
    top, bottom = figure.subplots(2, height_ratios=(3, 1), sharex=True)
    edges = calibration.edges
    bars = {"align": "edge", "edgecolor": "black", "linewidth": 0.6}
    filled = calibration.counts > 0
    top.bar(
        edges[:-1][filled],
        calibration.accuracies[filled],
        np.diff(edges)[filled],
        color="#56b4e9",
        label="pixels right",
        **bars,
    )
    top.plot([0, 1], [0, 1], "--", color="black", label="as sure as right")
    top.plot(
        calibration.means,
        calibration.accuracies,
        "o",
        color="#d55e00",
        label="at the mean confidence",
    )
    top.set_ylabel("pixels right")
    top.legend(loc="upper left")
    bottom.bar(
        edges[:-1],
        calibration.counts / max(1, calibration.counts.sum()),
        np.diff(edges),
        color="#999999",
        **bars,
    )
    bottom.set_xlim(0, 1)
    bottom.set_xlabel("confidence, the probability of the label given")
    bottom.set_ylabel("of all pixels")
    for axis in (top.yaxis, bottom.yaxis, bottom.xaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    return _pixels(figure)


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), dpi=120, layout="constrained")


def _pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())[..., :3]
