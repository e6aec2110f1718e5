"""Results as a table and as a figure."""

import io
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from keras_rcnn.io.files import write_file

Row = dict[str, Any]
Columns = Mapping[str, Callable[[Row], str]]


def table(rows: Sequence[Row], columns: Columns) -> str:
    """Rows under headers, the first column left, the others right."""
    lines = [
        list(columns),
        *([cell(row) for cell in columns.values()] for row in rows),
    ]
    widths = [
        max(len(cell) for cell in cells) for cells in zip(*lines, strict=True)
    ]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(
                zip(line, widths, strict=True)
            )
        )
        for line in lines
    )


def number(value: float | None) -> str:
    """Three digits, or all before the point; a dash if there is none."""
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def quartiles(spread: dict[str, float] | None, factor: float = 1) -> str:
    """A median with its quartiles, if there was more than one run.

    Args:
        spread: as `timing.spread` gives it.
        factor: brings it to the unit of the table.
    """
    if spread is None:
        return "-"
    lower, median, upper = (
        number(factor * spread[name])
        for name in ("lower_quartile", "median", "upper_quartile")
    )
    return median if spread["runs"] == 1 else f"{median} ({lower}-{upper})"


def bars(spreads: Sequence[dict[str, float]], factor: float = 1) -> Any:
    """Quartiles as matplotlib draws error bars: below and above the median."""
    return [
        [factor * (s["median"] - s["lower_quartile"]) for s in spreads],
        [factor * (s["upper_quartile"] - s["median"]) for s in spreads],
    ]


def write_figure(path: pathlib.Path, figure: Figure) -> None:
    """Writes a PNG file, whole or not at all.

    Raises:
        InputError: if it cannot be written.
    """
    content = io.BytesIO()
    FigureCanvasAgg(figure).print_png(content)
    write_file(path, content.getvalue())
