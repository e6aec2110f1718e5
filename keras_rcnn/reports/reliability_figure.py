"""The reliability diagram as a figure."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from keras_rcnn.evaluation.calibration import Calibration
from keras_rcnn.reports.figure_pixels import figure_pixels


def reliability_figure(calibration: Calibration) -> np.ndarray:
    """Accuracy by confidence, and how many pixels have which confidence.

    Returns:
        uint8 `(height, width, 3)`.
    """
    figure = Figure(figsize=(5, 5.5), dpi=120, layout="constrained")
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
    return figure_pixels(figure)
