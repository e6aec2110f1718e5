"""The experiments behind the published tables, by name."""

from keras_rcnn.errors import InputError
from keras_rcnn.training.experiments.ablations import ABLATIONS
from keras_rcnn.training.experiments.experiment import Experiment
from keras_rcnn.training.experiments.paper_tables import (
    PAPER_ROWS,
    PaperRow,
    paper_rows,
)
from keras_rcnn.training.experiments.sift_flow import SIFT_FLOW
from keras_rcnn.training.experiments.stanford import STANFORD
from keras_rcnn.training.experiments.synthetic import SYNTHETIC

__all__ = [
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

_EXPERIMENTS = SIFT_FLOW | STANFORD | SYNTHETIC


def experiment_names() -> list[str]:
    """All experiments except for the ablations, in alphabetical order."""
    return sorted(_EXPERIMENTS)


def experiment_name(dataset: str, preset: str, recipe: str) -> str:
    """Name of the experiment that fills rows of the paper's tables."""
    # The paper's plain network has more filters for SIFT Flow.
    network = preset.removesuffix("_sift_flow")
    return f"{dataset.split('_')[0]}_{network}_{recipe}"


def load_experiment(name: str) -> Experiment:
    """The experiment or ablation of that name.

    Raises:
        InputError: if there is none; the message lists the names.
    """
    known = _EXPERIMENTS | ABLATIONS
    if name not in known:
        raise InputError(
            f"There is no experiment {name!r}: choose one of "
            f"{', '.join(known)}."
        )
    return known[name]


def runs_before(name: str) -> list[str]:
    """All experiments that one builds on, in the order of their training."""
    found: list[str] = []
    for other in load_experiment(name).builds_on:
        found += [*runs_before(other), other]
    return list(dict.fromkeys(found))


def scored_name(name: str) -> str:
    """The experiment whose scores count for the network of an experiment."""
    return load_experiment(name).scored_by or name
