"""Speed of each labeling method; see `keras_rcnn.evaluation.speed.labeling`."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from benchmarks.report import new_figure, plot_rows
from keras_rcnn.evaluation.speed.labeling import COLUMNS, NOTES, measure

__all__ = ["COLUMNS", "NOTES", "draw", "measure"]


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Milliseconds over resolution, a panel for each size."""
    sizes = list(dict.fromkeys(map(COLUMNS["photo"], rows)))
    figure, panels = new_figure(
        1.5 + 3.5 * len(sizes), 4, len(sizes), sharey=True
    )
    for axes, size in zip(panels, sizes, strict=True):
        plot_rows(
            axes,
            [row for row in rows if COLUMNS["photo"](row) == size],
            label=_name,
            x=lambda row: f"1/{row['output_resolution']}",
            y="milliseconds",
            title=f"{size} pixels",
            xlabel="labels computed",
            yscale="log",
        )
    panels[0].set_ylabel("ms a photo")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside upper center", ncols=2, fontsize=8
    )
    return figure


def _name(row: Mapping[str, Any]) -> str:
    if row["method"] == "fragments":
        return f"fragments, {row['precision']}"
    mark = ", extrapolated" if row["extrapolated_from_labels"] else ""
    return row["method"] + mark
