"""What a training run is made of, and what came of it."""

import dataclasses

from keras_rcnn.training import Recipe


@dataclasses.dataclass(frozen=True)
class Experiment:
    """One training run that anyone can repeat.

    It counts steps, not minutes, so that it is the same run on any machine.

    Args:
        preset: of the network.
        dataset: to train and to score on.
        recipe: how it is trained.
        steps: optimizer steps.
        split: photos to train on, `train` or `all`.
        fold: of Stanford Background, held out of `train`.
        validation_fraction: part of these photos that is held out once more,
            to choose by; 0 keeps the last weights.
        seed: decides weights, crops and their order.
        labelled_fraction: part of the photos whose labels may be used.
        teacher: experiment that labels the other photos, or has a part in the
            targets; its run lies beside.
        confidence: least probability of a label of the teacher's that counts.
        distillation: the teacher's part in the targets, from 0 to 1.
        start_from: experiment whose weights are the first ones; its run lies
            beside.
        more_photos: data set whose photos are learned from as well, its
            classes mapped to those of `dataset`.
        times: how often the own photos come for each time of those, or of
            those that the teacher labels.
    """

    preset: str
    dataset: str
    recipe: Recipe
    steps: int
    split: str = "train"
    fold: int = 0
    validation_fraction: float = 0.1
    seed: int = 0
    labelled_fraction: float = 1.0
    teacher: str | None = None
    confidence: float = 0.9
    distillation: float = 0.0
    start_from: str | None = None
    more_photos: str | None = None
    times: int = 1

    @property
    def builds_on(self) -> tuple[str, ...]:
        """Experiments whose networks it needs."""
        return tuple(filter(None, (self.start_from, self.teacher)))
