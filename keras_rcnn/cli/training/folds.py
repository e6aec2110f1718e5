"""`train --folds=5`: five networks, each scored on its own part."""

import itertools
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.seen_photos import count_seen
from keras_rcnn.datasets.near_duplicates import groups_of
from keras_rcnn.datasets.scene_dataset import PhotoFile, SceneDataset
from keras_rcnn.datasets.splits import folds
from keras_rcnn.errors import InputError
from keras_rcnn.evaluation import evaluate
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.models import load_model

FOLDS_FILE = "folds.json"
SCORES = ("pixel_accuracy", "class_accuracy", "mean_iou")
_TITLES = "pixels classes IoU".split()

TrainInto = Callable[[pathlib.Path, SceneDataset], dict[str, Any] | None]


def refuse_other_flags(flags: Flags) -> None:
    """Refuses what --folds cannot be used with.

    Raises:
        InputError: naming the flags.
    """
    if not flags.folds:
        return
    if flags.dataset != "folder":
        raise InputError(
            "--folds divides a folder of photos: give --dataset=folder, or "
            "leave it out."
        )
    others = [
        f"--{name}"
        for name in ("unlabeled", "teacher", "data_service")
        if flags[name].value
    ]
    if flags.strategy == "multi_worker":
        others.append("--strategy=multi_worker")
    if others:
        raise InputError(
            f"--folds does not go together with {', '.join(others)}: leave "
            "one or the other out."
        )


def train_folds(
    flags: Flags,
    labeled: SceneDataset,
    model_dir: pathlib.Path,
    train_into: TrainInto,
) -> dict[str, Any]:
    """Trains a network for each fold without it, and scores it on the fold.

    Args:
        flags: of `keras-rcnn train`.
        labeled: all photos, of which each fold leaves out some.
        model_dir: gets the folders `fold_1` and so on, and `folds.json`.
        train_into: function that trains in a folder on photos.

    Returns:
        The figures of the report.

    Raises:
        InputError: if there are fewer groups of photos than folds, or the
            initial weights have seen the photos of a fold.
    """
    count = flags.folds
    fold_of = fold_numbers(labeled.files, count)
    held_out = [labeled.select(fold_of == n) for n in range(1, count + 1)]
    refuse_seen(flags.start_from, labeled.select(fold_of > 0))
    share_minutes(flags)
    parts = []
    for number, fold in enumerate(held_out, 1):
        folder = model_dir / f"fold_{number}"
        print(f"Fold {number} of {count}: {folder}", flush=True)
        others = (fold_of > 0) & (fold_of != number)
        train_into(folder, labeled.select(others))
        refuse_seen(str(folder), fold)
        parts.append({"model": folder.name, **score_fold(folder, fold)})
    figures = {"minutes_each": flags.minutes, **summarize(parts)}
    runner.write_report(model_dir / FOLDS_FILE, figures)
    print_table(figures, model_dir)
    return figures


def share_minutes(flags: Flags) -> None:
    """Divides --minutes among the folds."""
    if flags.minutes:
        whole = flags.minutes
        flags["minutes"].value = whole / flags.folds
        print(
            f"{whole:g} minutes in all: {flags.minutes:g} for each of "
            f"{flags.folds} networks.",
            flush=True,
        )


def refuse_seen(model: str | None, scored: SceneDataset) -> None:
    """Refuses a network that has learned from photos that it is scored on.

    Raises:
        InputError: naming the network and how many photos.
    """
    if model and (seen := count_seen(model, scored)):
        raise InputError(
            f"{model} was trained on {seen} of the photos that it would be "
            "scored on: leave --folds or --start_from out, or choose another "
            "folder."
        )


def fold_numbers(files: Sequence[PhotoFile], count: int) -> np.ndarray:
    """The fold of each photo, from 1; 0 for photos without labels.

    Photos of one group, and photos with the same pixels, are in one fold.

    Args:
        files: of the photos.
        count: number of folds.

    Raises:
        InputError: if there are fewer groups with labels than folds.
    """
    chosen = [n for n, file in enumerate(files) if file.is_labeled]
    group_of = np.array([files[n].split_by for n in chosen], object)
    for members in _joined([files[n] for n in chosen]):
        group_of[members] = min(group_of[members])
    groups = sorted(set(group_of))
    if len(groups) < count:
        raise InputError(
            f"folds={count} is too many for {len(groups)} labeled photos or "
            "groups of photos: choose fewer, or label more photos."
        )
    fold_of_group = dict(zip(groups, folds(groups, count) + 1, strict=True))
    numbers = np.zeros(len(files), int)
    numbers[chosen] = [fold_of_group[group] for group in group_of]
    return numbers


def _joined(files: Sequence[PhotoFile]) -> list[list[int]]:
    """Photos that share a group or their pixels, through others if need be."""
    pairs: list[tuple[int, int, float]] = []
    for key in ("split_by", "digest"):
        order = sorted(range(len(files)), key=lambda n: getattr(files[n], key))
        pairs += [
            (min(one, other), max(one, other), 1.0)
            for one, other in itertools.pairwise(order)
            if getattr(files[one], key) == getattr(files[other], key)
        ]
    return groups_of(pairs, len(files))


def score_fold(folder: pathlib.Path, fold: SceneDataset) -> dict[str, Any]:
    """The scores of a network on the photos of its fold."""
    labeler = SceneLabeler(load_model(folder))
    evaluation = evaluate(labeler, fold)
    scores = evaluation.report(labeler, fold)
    names = [file.name for file in fold.files]
    kept = (*SCORES, "confusion_matrix")
    return {"photos": names, **{name: scores[name] for name in kept}}


def summarize(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Mean, standard deviation over the folds, and standard error of the mean.

    Args:
        parts: the scores of each fold.
    """
    figures: dict[str, Any] = {"folds": list(parts)}
    rows = {name: [part[name] for part in parts] for name in SCORES}
    deviations = {name: np.std(row, ddof=1) for name, row in rows.items()}
    return figures | {
        "mean": {name: float(np.mean(row)) for name, row in rows.items()},
        "standard_deviation": {n: float(d) for n, d in deviations.items()},
        "standard_error": {
            name: float(deviation / len(parts) ** 0.5)
            for name, deviation in deviations.items()
        },
    }


def print_table(figures: dict[str, Any], model_dir: pathlib.Path) -> None:
    """Prints the scores of the folds, and how to use the networks."""
    rows = [(part["model"], part) for part in figures["folds"]]
    rows += [
        (name.replace("_", " "), figures[name])
        for name in ("mean", "standard_deviation", "standard_error")
    ]
    print(f"{'%':18}" + "".join(f"{title:>8}" for title in _TITLES))
    for name, scores in rows:
        cells = "".join(f"{100 * scores[each]:8.1f}" for each in SCORES)
        print(f"{name:18}{cells}")
    models = ",".join(
        str(model_dir / part["model"]) for part in figures["folds"]
    )
    print(f"keras-rcnn label --model={models} ... averages the networks.")
