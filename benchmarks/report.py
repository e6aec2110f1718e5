"""Measurements as figures."""

import io
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_rcnn.io.files import write_file

Spread = Mapping[str, float]
Row = Mapping[str, Any]


def new_figure(
    width: float, height: float, panels: int = 1, **options: Any
) -> tuple[Figure, list[Axes]]:
    """A figure and its panels, side by side.

    Args:
        width: in inches.
        height: in inches.
        panels: number of panels.
        **options: arguments of `Figure.subplots`.
    """
    figure = Figure(figsize=(width, height), dpi=120, layout="constrained")
    return figure, list(figure.subplots(1, panels, squeeze=False, **options)[0])


def medians(spreads: Sequence[Spread], factor: float = 1) -> list[float]:
    """Medians, in the unit of the figure."""
    return [factor * spread["median"] for spread in spreads]


def error_bars(spreads: Sequence[Spread], factor: float = 1) -> Any:
    """Distances from the median to the quartiles: below, above."""
    return [
        [factor * (s["median"] - s["lower_quartile"]) for s in spreads],
        [factor * (s["upper_quartile"] - s["median"]) for s in spreads],
    ]


def plot_rows(
    axes: Axes,
    rows: Sequence[Row],
    label: Callable[[Row], str],
    x: Callable[[Row], Any],
    y: str,
    factor: float = 1,
    style: str = "-o",
    **settings: Any,
) -> None:
    """Draws a line for each label, with quartiles as error bars.

    Args:
        axes: panel to draw in.
        rows: results; those with one label are a line.
        label: returns the label of a row.
        x: returns the position of a row.
        y: key of a number or spread; rows without a value are left out.
        factor: converts to the unit of the figure.
        style: format of the lines.
        **settings: properties of the axes.
    """
    rows = [row for row in rows if row[y] is not None]
    for name in dict.fromkeys(map(label, rows)):
        line = [row for row in rows if label(row) == name]
        positions, values = [x(row) for row in line], [row[y] for row in line]
        if isinstance(values[0], Mapping):
            axes.errorbar(
                positions,
                medians(values, factor),
                error_bars(values, factor),
                fmt=style,
                capsize=3,
                label=name,
            )
        else:
            axes.plot(positions, values, style, label=name)
    axes.set(**settings)
    axes.grid(alpha=0.3)


def write_figure(path: pathlib.Path, figure: Figure, **options: Any) -> None:
    """Writes a figure with the same bytes each time, whole or not at all.

    Args:
        path: file; its suffix names the format.
        figure: the figure.
        **options: arguments of `Figure.savefig`.

    Raises:
        InputError: if it cannot be written.
    """
    kind = path.suffix.removeprefix(".")
    content = io.BytesIO()
    if kind == "svg":
        options["metadata"] = {"Date": None}
    with matplotlib.rc_context({"svg.hashsalt": path.stem}):
        figure.savefig(content, format=kind, **options)
    write_file(path, content.getvalue())
