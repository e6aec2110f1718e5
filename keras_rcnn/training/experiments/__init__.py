"""What was trained for the tables of the paper, one file each."""

import dataclasses
import importlib
import pathlib

from keras_rcnn.errors import InputError
from keras_rcnn.training.experiments.experiment import Experiment
from keras_rcnn.training.experiments.paper_tables import (
    PAPER_ROWS,
    PaperRow,
    paper_rows,
)

__all__ = [
    "ABLATION",
    "PAPER_ROWS",
    "Experiment",
    "PaperRow",
    "experiment_name",
    "experiment_names",
    "load_experiment",
    "paper_rows",
    "runs_before",
    "scored_name",
]

ABLATION = "ablation_"


def experiment_names() -> list[str]:
    """Those with a file of their own, in alphabetical order."""
    files = pathlib.Path(__file__).parent.glob("[!_]*_*_*.py")
    return sorted(file.stem for file in files)


def experiment_name(dataset: str, preset: str, recipe: str) -> str:
    """File of the experiment that fills rows of the paper's tables."""
    # The paper's plain network has more filters for SIFT Flow.
    network = preset.removesuffix("_sift_flow")
    return f"{dataset.split('_')[0]}_{network}_{recipe}"


def load_experiment(name: str) -> Experiment:
    """The experiment of that name.

    Args:
        name: of a file, or `ablation_` and the name of an ablation.

    Raises:
        InputError: if there is none, naming those that exist.
    """
    if name in experiment_names():
        return importlib.import_module(
            f"keras_rcnn.training.experiments.{name}"
        ).EXPERIMENT
    from keras_rcnn.training.experiments.ablations import ABLATIONS

    known = {ABLATION + key: value for key, value in ABLATIONS.items()}
    if name not in known:
        raise InputError(
            f"There is no experiment {name!r}: choose one of "
            f"{', '.join([*experiment_names(), *known])}."
        )
    return known[name]


def runs_before(name: str) -> list[str]:
    """All experiments that one builds on, in the order of their training."""
    found: list[str] = []
    for other in load_experiment(name).builds_on:
        found += [*runs_before(other), other]
    return list(dict.fromkeys(found))


def scored_name(name: str) -> str:
    """The experiment whose scores count for a network.

    That is its own, or, where it was trained on all photos, the one with the
    same settings that holds photos out.
    """
    experiment = load_experiment(name)
    if experiment.split != "all":
        return name
    (twin,) = (
        other
        for other in experiment_names()
        if other != name and _on_all_photos(other) == experiment
    )
    return twin


def _on_all_photos(name: str) -> Experiment:
    return dataclasses.replace(
        load_experiment(name), split="all", validation_fraction=0.0
    )
