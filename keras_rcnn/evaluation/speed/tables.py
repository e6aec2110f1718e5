"""Measurements as a table of plain text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Columns = Mapping[str, Callable[[Row], str]]


def text_table(rows: Sequence[Row], columns: Columns) -> str:
    """Rows under headers, the first column on the left, the others right.

    Args:
        rows: one result each.
        columns: for each header, a function of a row that returns the cell.
    """
    lines = [
        list(columns),
        *([cell(row) for cell in columns.values()] for row in rows),
    ]
    first, *others = (
        max(map(len, cells)) for cells in zip(*lines, strict=True)
    )
    return "\n".join(
        "  ".join(
            [
                line[0].ljust(first),
                *map(str.rjust, line[1:], others),
            ]
        )
        for line in lines
    )


def number(value: float | None) -> str:
    """Three digits, or all before the point; a dash if there is no value."""
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def quartiles(spread: Mapping[str, float] | None, factor: float = 1) -> str:
    """A median, with its quartiles if there was more than one run.

    Args:
        spread: result of `timing.spread`.
        factor: converts to the unit of the table.
    """
    if spread is None:
        return "-"
    lower, median, upper = (
        number(factor * spread[name])
        for name in ("lower_quartile", "median", "upper_quartile")
    )
    return median if spread["runs"] == 1 else f"{median} ({lower}-{upper})"
