"""The confusion matrix as a figure."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_rcnn.reports.figure_pixels import figure_pixels

_INCHES_PER_CLASS = 0.5


def confusion_figure(
    counts: np.ndarray, class_names: Sequence[str]
) -> np.ndarray:
    """What the pixels of each class were labeled, in percent of the class.

    Args:
        counts: `(num_classes, num_classes)`, row = truth, column = label.
        class_names: one for each class.

    Returns:
        uint8 `(height, width, 3)`; what rounds to 0 % has no number.
    """
    percent = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.5 + _INCHES_PER_CLASS * len(class_names)
    figure = Figure(figsize=(side, side), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(percent, cmap="Blues", vmin=0, vmax=100)
    ticks = range(len(class_names))
    axes.set_xticks(ticks, class_names, rotation=45, ha="right")
    axes.set_yticks(ticks, class_names)
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
    return figure_pixels(figure)
