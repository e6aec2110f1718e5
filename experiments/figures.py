"""The results as figures."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.runs import TITLES, Results, shipped_scores
from keras_rcnn.training.experiments import PAPER_ROWS, load_experiment

# There are more runs than colors, so that the line style varies too.
STYLES = (
    cycler(linestyle=["-", "--", ":"]) * matplotlib.rcParams["axes.prop_cycle"]
)


def learning_curves(results: Results) -> Figure:
    """Accuracy of the last instance over minutes, a panel for each data set."""
    figure = _wide_figure(6)
    for dataset, panel in _panels(figure):
        panel.set_prop_cycle(STYLES)
        for name, result in results.items():
            if load_experiment(name).dataset == dataset:
                _draw_curve(panel, name, result["learning_curve"])
        panel.set(
            xlabel="minutes", ylabel="pixel accuracy of the last instance, %"
        )
        if panel.lines:
            # Below the panel, where it hides no curve.
            panel.legend(
                fontsize=7,
                ncols=2,
                loc="upper center",
                bbox_to_anchor=(0.5, -0.14),
            )
    return figure


def accuracy_over_instances(results: Results) -> Figure:
    """Accuracy of each instance at full resolution, ours and the paper's."""
    figure = _wide_figure(4.5)
    for dataset, panel in _panels(figure):
        for (rows_of, preset), rows in PAPER_ROWS.items():
            full = [row for row in rows if row.output_resolution == 1]
            if rows_of != dataset or len(full) < 2:
                continue
            known = {
                row.num_instances: row.pixel_accuracy
                for row in full
                if row.pixel_accuracy
            }
            panel.plot(
                list(known),
                list(known.values()),
                "--o",
                label=f"{preset}, paper",
            )
            scores = shipped_scores(results, dataset, preset)
            if ours := [row for row in full if row.key in scores]:
                panel.plot(
                    [row.num_instances for row in ours],
                    [100 * scores[row.key]["pixel_accuracy"] for row in ours],
                    "-o",
                    label=f"{preset}, ours",
                )
        panel.set(
            xticks=[1, 2, 3], xlabel="instances", ylabel="pixel accuracy, %"
        )
        panel.legend()
    return figure


def accuracy_over_resolution(results: Results) -> Figure:
    """The paper's Table 5: accuracy and time of rCNN2 at each resolution."""
    figure = _wide_figure(4.5)
    accuracy, time = figure.subplots(1, 2)
    rows = [
        row
        for row in PAPER_ROWS["stanford_background", "rcnn2"]
        if row.num_instances == 3
    ]
    names = [f"1/{row.output_resolution}" for row in rows]
    accuracy.plot(names, [row.pixel_accuracy for row in rows], "--o")
    scores = shipped_scores(results, "stanford_background", "rcnn2")
    if all(row.key in scores for row in rows):
        ours = [scores[row.key] for row in rows]
        percent = [100 * score["pixel_accuracy"] for score in ours]
        accuracy.plot(names, percent, "-o")
        time.plot(names, [score["seconds_per_image"] for score in ours], "C1-o")
    accuracy.legend(["paper", "ours"])
    accuracy.set_ylabel("pixel accuracy, %")
    time.set_ylabel("seconds a photo")
    time.set_ylim(bottom=0)
    for panel in (accuracy, time):
        panel.set_xlabel("labels computed")
        panel.grid(alpha=0.3)
    return figure


# By the names of their files.
FIGURES: dict[str, Callable[[Results], Figure]] = {
    draw.__name__: draw
    for draw in (
        learning_curves,
        accuracy_over_instances,
        accuracy_over_resolution,
    )
}


def _wide_figure(height: float) -> Figure:
    return Figure(figsize=(12, height), dpi=120, layout="constrained")


def _panels(figure: Figure) -> Iterator[tuple[str, Any]]:
    """A panel with a title for each data set."""
    panels = figure.subplots(1, len(TITLES), sharey=True)
    for panel, (dataset, title) in zip(panels, TITLES.items(), strict=True):
        panel.set_title(title)
        panel.grid(alpha=0.3)
        yield dataset, panel


def _draw_curve(panel: Axes, name: str, curve: list[dict[str, Any]]) -> None:
    """Draws the accuracy on validation photos or else on training crops."""
    part = "validation" if "validation" in curve[-1] else "training"
    panel.plot(
        [point["minutes"] for point in curve],
        [100 * point[part][-1] for point in curve],
        label=f"{name}, {part}",
    )
