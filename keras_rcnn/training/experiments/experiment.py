"""One training run: its settings and its results."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from keras_rcnn.training.recipes import Recipe


@dataclasses.dataclass(frozen=True)
class Experiment:
    """One training run that anyone can repeat.

    It counts steps, not minutes, so that it is the same run on any machine.

    Args:
        preset: the network.
        dataset: data to train and to score on.
        recipe: phases, losses and augmentation.
        steps: number of optimizer steps.
        split: photos to train on, `train` or `all`.
        fold: fold of Stanford Background that `train` leaves out.
        validation_fraction: fraction of these photos that is held out to
            choose the best weights; 0 keeps the last weights.
        seed: seed of the weights, the crops and their order.
        labeled_fraction: fraction of the photos whose labels may be used.
        teacher: experiment whose network labels the other photos, or gives
            distillation targets. Its run lies in the same folder.
        confidence: minimum probability of a label of the teacher; labels with
            less are ignored.
        distillation: weight of the teacher in the targets, from 0 to 1.
        start_from: experiment whose weights are the initial weights. Its run
            lies in the same folder.
        more_photos: data set whose photos are added, its classes mapped to
            the classes of `dataset`.
        times: how often each labeled photo of `dataset` comes for one time of
            an added or pseudo-labeled photo.
        note: what the run is for.
        scored_by: experiment with the same settings that holds photos out;
            None if this experiment holds photos out itself.
        training_minutes: how long the run took.
        accuracies: percent of the pixels, and mean percent of each class,
            labeled right on the photos that were held out.
    """

    preset: str
    dataset: str
    recipe: Recipe
    steps: int
    split: str = "train"
    fold: int = 0
    validation_fraction: float = 0.1
    seed: int = 0
    labeled_fraction: float = 1.0
    teacher: str | None = None
    confidence: float = 0.9
    distillation: float = 0.0
    start_from: str | None = None
    more_photos: str | None = None
    times: int = 1
    note: str = ""
    scored_by: str | None = None
    training_minutes: int | None = None
    accuracies: tuple[float, float] | None = None

    @property
    def builds_on(self) -> tuple[str, ...]:
        """Experiments whose networks it needs."""
        return tuple(filter(None, (self.start_from, self.teacher)))

    def settings(self) -> dict[str, Any]:
        """Everything that decides what the run does, ready for JSON."""
        plain = dataclasses.asdict(self)
        return {name: plain[name] for name in plain if name not in _RESULTS}


_RESULTS = {"note", "scored_by", "training_minutes", "accuracies"}


def on_all_photos(
    experiments: Mapping[str, Experiment], name: str, training_minutes: int
) -> Experiment:
    """The network that ships: the settings of an experiment, on all photos.

    Args:
        experiments: table that has the experiment.
        name: of the experiment, which holds photos out and has the scores.
        training_minutes: how long the run on all photos took.
    """
    return dataclasses.replace(
        experiments[name],
        note="The network that ships.",
        split="all",
        validation_fraction=0.0,
        scored_by=name,
        training_minutes=training_minutes,
        accuracies=None,
    )
