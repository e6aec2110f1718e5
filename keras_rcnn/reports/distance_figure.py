"""Accuracy by distance as a figure."""

import itertools
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.reports.figure_pixels import figure_pixels

_MARKERS = "os^Dv"


def distance_figure(lines: Mapping[str, BinnedAccuracy]) -> np.ndarray:
    """A line for each kind of distance.

    Args:
        lines: accuracy by distance in pixels, of the same bins, by what the
            distance is one to.

    Returns:
        uint8 `(height, width, 3)`.
    """
    figure = Figure(figsize=(6, 3.8), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    for marker, (name, accuracy) in zip(_MARKERS, lines.items(), strict=False):
        axes.plot(accuracy.accuracies, marker=marker, label=name)
        ticks = bin_names(accuracy.edges)
    axes.set_xticks(range(len(ticks)), ticks, fontsize=8)
    axes.set_xlabel("distance in pixels")
    axes.set_ylabel("pixels right")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure_pixels(figure)


def bin_names(edges: np.ndarray) -> list[str]:
    """What to call each bin.

    >>> bin_names(np.array([1, 2, 4, np.inf]))
    ['1 to 2', '2 to 4', '4 on']
    """
    return [
        f"{low:g} to {high:g}" if np.isfinite(high) else f"{low:g} on"
        for low, high in itertools.pairwise(edges)
    ]
