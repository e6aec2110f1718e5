"""The results as figures."""

from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.figure import Figure

from experiments.runs import Results, shipped_scores
from experiments.tables import TITLES
from keras_rcnn.training.experiments import PAPER_ROWS, load_experiment

# More runs than colors: dashed ones are others.
STYLES = (
    cycler(linestyle=["-", "--", ":"]) * matplotlib.rcParams["axes.prop_cycle"]
)


def learning_curves(results: Results) -> Figure:
    """Accuracy of the last instance over minutes, a panel a data set."""
    figure = Figure(figsize=(12, 6), dpi=120, layout="constrained")
    panels = figure.subplots(1, len(TITLES), sharey=True)
    for panel, (dataset, title) in zip(panels, TITLES.items(), strict=True):
        panel.set_prop_cycle(STYLES)
        for name, result in results.items():
            if load_experiment(name).dataset == dataset:
                _draw_curve(panel, name, result["learning_curve"])
        panel.set_title(title)
        panel.set_xlabel("minutes")
        panel.set_ylabel("pixel accuracy of the last instance, %")
        panel.grid(alpha=0.3)
        if panel.lines:
            # Below, where it hides no curve.
            panel.legend(
                fontsize=7,
                ncols=2,
                loc="upper center",
                bbox_to_anchor=(0.5, -0.14),
            )
    return figure


def _draw_curve(panel: Any, name: str, curve: list[dict[str, Any]]) -> None:
    """Held-out photos where there are any, training crops otherwise."""
    part = "validation" if "validation" in curve[-1] else "training"
    panel.plot(
        [point["minutes"] for point in curve],
        [100 * point[part][-1] for point in curve],
        label=f"{name}, {part}",
    )


def accuracy_over_instances(results: Results) -> Figure:
    """What each instance adds at full resolution, ours beside the paper's."""
    figure = Figure(figsize=(12, 4.5), dpi=120, layout="constrained")
    panels = figure.subplots(1, len(TITLES), sharey=True)
    for panel, (dataset, title) in zip(panels, TITLES.items(), strict=True):
        for (rows_of, preset), rows in PAPER_ROWS.items():
            full = [row for row in rows if row.output_resolution == 1]
            if rows_of != dataset or len(full) < 2:
                continue
            known = [row for row in full if row.pixel_accuracy]
            panel.plot(
                [row.num_instances for row in known],
                [row.pixel_accuracy for row in known],
                "--o",
                label=f"{preset}, paper",
            )
            scores = shipped_scores(results, dataset, preset)
            ours = [row for row in full if row.key in scores]
            if not ours:
                continue
            panel.plot(
                [row.num_instances for row in ours],
                [100 * scores[r.key]["pixel_accuracy"] for r in ours],
                "-o",
                label=f"{preset}, ours",
            )
        panel.set_title(title)
        panel.set_xticks([1, 2, 3])
        panel.set_xlabel("instances")
        panel.set_ylabel("pixel accuracy, %")
        panel.grid(alpha=0.3)
        panel.legend()
    return figure


def accuracy_over_resolution(results: Results) -> Figure:
    """The paper's Table 5: accuracy and time of rCNN2 at each resolution."""
    figure = Figure(figsize=(12, 4.5), dpi=120, layout="constrained")
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
