"""The results beside the paper's, in Markdown."""

from collections.abc import Mapping
from typing import Any

from experiments.figures import FIGURES
from experiments.runs import (
    AVERAGED,
    SMOOTHED,
    SMOOTHING,
    TITLES,
    Results,
    last_score,
)
from keras_rcnn.reports.markdown import markdown_table
from keras_rcnn.training.experiments import (
    PAPER_ROWS,
    experiment_name,
    experiment_names,
    load_experiment,
)
from keras_rcnn.training.experiments.ablations import (
    ABLATIONS,
    describe_changes,
)
from keras_rcnn.training.experiments.paper_tables import (
    BEST_OTHER_SYSTEM,
    PaperRow,
)

# The runs that fill the rows, and the headers of their scores.
RECIPES = {
    "paper": "ours by recipe `paper`",
    "dense": "ours by recipe `dense`",
    "augmented": "photos changed more",
    "longer": "trained longer",
    "longest": "and longer, classes balanced less",
    "taught": "`dense` taught by `dense`",
    "more": "`dense` with photos of SIFT Flow",
    "pretrained": "taught, pre-trained with these photos",
}
# What the paper's networks do not do has rows of its own.
APART = {
    SMOOTHED: f"scores averaged over {SMOOTHING}x{SMOOTHING} pixels",
    AVERAGED: "6 views averaged",
}
INTRODUCTION = """\
# Tables of the results

Written by `python -m experiments`. Accuracies are in percent, pixels / classes.
The paper's are from arXiv:1306.2795, tables 3 to 5: Stanford Background over
five folds of 715 photos, SIFT Flow on its test split. Ours are from the
experiments in `keras_rcnn/training/experiments`; the table "Runs" names the
photos that each was scored on. [README.md](README.md) explains the results.
"""

SETTINGS = """\
## Settings of the dense recipe

Short runs of rCNN2 on Stanford Background, each with one change to the recipe
`dense` of `ablation_base`, scored on the fifth of the training photos that was
held out. Differences up to that of `ablation_other_seed` may be noise.
"""


def write_tables(results: Results) -> str:
    """All tables.

    Args:
        results: results of each experiment, by name, as `Runs` writes them.
    """
    ablations = {
        name: result for name, result in results.items() if name in ABLATIONS
    }
    others = without_ablations(results)
    parts = [INTRODUCTION]
    for dataset, title in TITLES.items():
        parts += [f"## {title}\n", _scores(dataset, others)]
    parts += ["## Runs\n", _runs(others)]
    parts += ["## Figures\n", *map("![{0}]({0}.png)\n".format, FIGURES)]
    if ablations:
        parts += [SETTINGS, _ablations(ablations)]
    return "\n".join(parts)


def without_ablations(results: Results) -> dict[str, dict[str, Any]]:
    """The results of the experiments whose scores are reported."""
    return {n: result for n, result in results.items() if n not in ABLATIONS}


def percent(score: Mapping[str, Any] | None) -> str:
    """Pixel and class accuracy, from 0 to 1, in percent."""
    if score is None:
        return "-"
    return (
        f"{100 * score['pixel_accuracy']:.1f} / "
        f"{100 * score['class_accuracy']:.1f}"
    )


def _scores(dataset: str, results: Results) -> str:
    """The rows of the paper, with our scores by each recipe."""
    presets = [preset for rows_of, preset in PAPER_ROWS if rows_of == dataset]
    recipes = [
        recipe
        for recipe in RECIPES
        if {experiment_name(dataset, preset, recipe) for preset in presets}
        & {*experiment_names()}
    ]
    lines = []
    for preset in presets:
        rows = PAPER_ROWS[dataset, preset]
        runs = {
            recipe: results.get(experiment_name(dataset, preset, recipe))
            for recipe in recipes
        }
        lines += [_score_line(row, runs) for row in rows]
        instances = str(rows[-1].num_instances)
        finest = f"1/{rows[-1].output_resolution}"
        for key, how in APART.items():
            scores = [_score_of(run, key) for run in runs.values()]
            if any(scores):
                line = f"{rows[-1].system}, {how}"
                lines.append(
                    [line, instances, finest, "", *map(percent, scores)]
                )
    best = " / ".join(map(str, BEST_OTHER_SYSTEM[dataset]))
    ours = [""] * len(recipes)
    lines.append(["best other system in its tables", "", "", best, *ours])
    return markdown_table(
        (
            "system",
            "instances",
            "labels computed",
            "paper",
            *map(RECIPES.__getitem__, recipes),
        ),
        lines,
    )


def _score_line(
    row: PaperRow, runs: Mapping[str, dict[str, Any] | None]
) -> list[str]:
    return [
        row.system,
        str(row.num_instances),
        f"1/{row.output_resolution}",
        row.accuracies,
        *(percent(_score_of(run, row.key)) for run in runs.values()),
    ]


def _score_of(run: dict[str, Any] | None, key: str) -> dict[str, Any] | None:
    return run["scores"].get(key) if run else None


def _runs(results: Results) -> str:
    lines = []
    for name, result in results.items():
        experiment = load_experiment(name)
        photos = (
            f"fold {experiment.fold} held out"
            if experiment.dataset == "stanford_background"
            else "test split held out"
        )
        if experiment.split == "all":
            photos = "all"
        lines.append(
            [
                f"`{result['command']}`",
                photos,
                f"{result['num_parameters']:,}",
                f"{result['steps']:,}",
                f"{result['minutes']:.0f}",
                percent(last_score(name, result)),
                f"{result['date']}, {result['machine'].splitlines()[0]}",
            ]
        )
    return markdown_table(
        (
            "command",
            "photos",
            "weights",
            "steps",
            "minutes",
            "pixels / classes right",
            "when and where",
        ),
        lines,
    )


def _ablations(results: Results) -> str:
    """The gain of each setting on the validation photos."""
    base = results.get("ablation_base")

    def gain(result: dict[str, Any], key: str) -> str:
        if base is None or result is base:
            return ""
        return f"{100 * (result[key] - base[key]):+.1f}"

    keys = ("validation_pixel_accuracy", "validation_class_accuracy")
    lines = [
        [
            f"`{name}`",
            describe_changes(load_experiment(name)),
            " / ".join(f"{100 * result[key]:.1f}" for key in keys),
            " / ".join(filter(None, (gain(result, key) for key in keys))),
            f"{result['minutes']:.0f}",
        ]
        for name, result in results.items()
    ]
    return markdown_table(
        ("experiment", "what changes", "accuracy", "gain", "minutes"), lines
    )
