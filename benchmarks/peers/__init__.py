"""How well networks label photos after the same time of training."""

import functools
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from benchmarks.peers.contenders import CONTENDERS, REFERENCE
from benchmarks.peers.networks import HUB, import_hub
from benchmarks.peers.runs import finished
from benchmarks.peers.scores import SCORES, summarize
from benchmarks.peers.speed import INT8, PRECISIONS, measure_speed
from benchmarks.report import new_figure
from keras_rcnn.datasets.load import load_dataset
from keras_rcnn.errors import InputError
from keras_rcnn.evaluation.speed.tables import number, quartiles


def measure(
    contenders: Sequence[str] = tuple(CONTENDERS),
    minutes: float = 8.0,
    dataset: str = "stanford_background",
    data_dir: str | None = None,
    output_dir: str | None = None,
    repeats: int = 5,
    seconds: float = 6.0,
) -> list[dict[str, Any]]:
    """Trains and scores what `output_dir` does not hold yet; times all.

    Args:
        contenders: keys of `CONTENDERS`.
        minutes: processor time of the training of each one.
        dataset: trained on its training photos, scored on the others.
        data_dir: folder of the prepared data set.
        output_dir: gets a folder of each run.
        repeats: maximum number of timed photos.
        seconds: time for them.

    Returns:
        A row for each contender.

    Raises:
        InputError: for an unknown contender, a missing package, runs of other
            settings, or a run that failed.
    """
    _check(contenders, output_dir)
    settings = {"dataset": dataset, "minutes": minutes}
    training, test = (
        load_dataset(dataset, data_dir, split) for split in ("train", "test")
    )
    folders = {
        name: pathlib.Path(output_dir or "", name) for name in contenders
    }
    results, failures = {}, []
    for place, (name, folder) in enumerate(folders.items(), 1):
        print(f"{name} ({place} of {len(folders)})", flush=True)
        try:
            results[name] = finished(
                CONTENDERS[name], folder, settings, training, test
            )
        except InputError as error:
            failures.append(f"{name}: {error}")
            print(failures[-1], flush=True)
    if failures:
        raise InputError(f"{len(failures)} runs failed.", *failures)
    speeds = measure_speed(folders, training, repeats, seconds)
    others = results.get(REFERENCE)
    return [
        {
            "contender": name,
            "learning_rate": CONTENDERS[name].recipe.phases[-1].learning_rate,
            **summarize(result, None if name == REFERENCE else others),
            **speeds[name],
        }
        for name, result in results.items()
    ]


def _check(names: Sequence[str], output_dir: str | None) -> None:
    unknown = [name for name in names if name not in CONTENDERS]
    if unknown:
        raise InputError(
            f"contenders={','.join(names)}: there is no {unknown[0]!r}; choose "
            f"from {', '.join(CONTENDERS)}."
        )
    if output_dir is None:
        raise InputError("Runs are kept: give a folder for them, output_dir=.")
    if any(CONTENDERS[name].network in HUB for name in names):
        import_hub()


def _percent(row: Mapping[str, Any], name: str, sign: str = "") -> str:
    if row[name] is None:
        return "-"
    error = 100 * row[f"{name}_standard_error"]
    return f"{100 * row[name]:{sign}.1f} ± {error:.1f}"


def _milliseconds(row: Mapping[str, Any], precision: str) -> str:
    return quartiles(row["milliseconds"][precision])


COLUMNS = {
    "contender": lambda row: row["contender"],
    "optimizer": lambda row: f"{row['optimizer']} {row['learning_rate']:g}",
    "weights": lambda row: f"{row['weights']:,}",
    "KB": lambda row: number(row["kilobytes"]),
    "int8 KB": lambda row: number(row["int8_kilobytes"]),
    "steps": lambda row: f"{row['steps']:,}",
    "s a step": lambda row: f"{row['seconds_per_step']:.2f}",
    "pixels %": lambda row: _percent(row, "pixel_accuracy"),
    "classes %": lambda row: _percent(row, "class_accuracy"),
    "mean IoU %": lambda row: _percent(row, "mean_iou"),
    "pixels - pyramid": lambda row: _percent(row, "difference", "+"),
    **{
        f"ms {precision.removeprefix('mixed_')}": functools.partial(
            _milliseconds, precision=precision
        )
        for precision in (*PRECISIONS, INT8)
    },
    "MB": lambda row: number(row["peak_megabytes"]),
}
NOTES = """\
Photos that were not trained on, whole, one view, the weights of the last step.
±: standard error over photos; that of the difference is paired. s a step:
processor time of all threads. KB: the .keras file, and LiteRT in 8 bits. ms: a
photo of 240x320 pixels, by TensorFlow, and by LiteRT with 2 threads; a dash for
what cannot be converted. MB: peak of a process that labels a photo in float32.
"""


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Pixel and class accuracy of each contender, the best one above."""
    rows = sorted(rows, key=lambda row: row["pixel_accuracy"])
    figure, panels = new_figure(10, 1.5 + 0.35 * len(rows), 2, sharey=True)
    names = [row["contender"] for row in rows]
    for axes, score_name in zip(panels, SCORES, strict=False):
        axes.barh(
            names,
            [100 * row[score_name] for row in rows],
            xerr=[100 * row[f"{score_name}_standard_error"] for row in rows],
            capsize=3,
        )
        axes.set_xlabel(f"{score_name.replace('_', ' ')}, %")
    return figure
