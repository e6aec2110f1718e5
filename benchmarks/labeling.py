"""Speed of each labeling method; see `keras_rcnn.evaluation.speed.labeling`."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from benchmarks.report import plot_spreads
from keras_rcnn.evaluation.speed.labeling import COLUMNS, NOTES, measure

__all__ = ["COLUMNS", "NOTES", "draw", "measure"]


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Milliseconds over resolution, a panel for each size."""
    sizes = list(dict.fromkeys((row["height"], row["width"]) for row in rows))
    figure = Figure(
        figsize=(1.5 + 3.5 * len(sizes), 4), dpi=120, layout="constrained"
    )
    panels = figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0]
    for axes, size in zip(panels, sizes, strict=True):
        here = [
            row
            for row in rows
            if (row["height"], row["width"]) == size and row["milliseconds"]
        ]
        for name in dict.fromkeys(map(_name, here)):
            line = [row for row in here if _name(row) == name]
            plot_spreads(
                axes,
                [f"1/{row['output_resolution']}" for row in line],
                [row["milliseconds"] for row in line],
                label=name,
            )
        axes.set_title("{}x{} pixels".format(*size))
        axes.set_xlabel("labels computed")
        axes.grid(alpha=0.3)
    panels[0].set_yscale("log")
    panels[0].set_ylabel("ms a photo")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside upper center", ncols=2, fontsize=8
    )
    return figure


def _name(row: dict[str, Any]) -> str:
    if row["method"] == "fragments":
        return f"fragments, {row['precision']}"
    mark = ", extrapolated" if row["extrapolated_from_labels"] else ""
    return row["method"] + mark
