"""Measurements as figures."""

import io
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from keras_rcnn.io.files import write_file

Spread = Mapping[str, float]


def medians(spreads: Sequence[Spread], factor: float = 1) -> list[float]:
    """Medians, in the unit of the figure."""
    return [factor * spread["median"] for spread in spreads]


def error_bars(spreads: Sequence[Spread], factor: float = 1) -> Any:
    """Distances from the median to the quartiles: below, above."""
    return [
        [factor * (s["median"] - s["lower_quartile"]) for s in spreads],
        [factor * (s["upper_quartile"] - s["median"]) for s in spreads],
    ]


def plot_spreads(
    axes: Axes,
    positions: Sequence[Any],
    spreads: Sequence[Spread],
    label: str,
    factor: float = 1,
) -> None:
    """Draws a line through medians, with the quartiles as error bars."""
    axes.errorbar(
        positions,
        medians(spreads, factor),
        error_bars(spreads, factor),
        marker="o",
        capsize=3,
        label=label,
    )


def write_figure(path: pathlib.Path, figure: Figure) -> None:
    """Writes a PNG file, whole or not at all.

    Raises:
        InputError: if it cannot be written.
    """
    content = io.BytesIO()
    FigureCanvasAgg(figure).print_png(content)
    write_file(path, content.getvalue())
