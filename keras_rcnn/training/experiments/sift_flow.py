"""Experiments on SIFT Flow.

    keras-rcnn train --experiment=sift_plain_paper

trains each by its name. The test split is held out and scored, unless
`split="all"`. The minutes are of one core of an AMD EPYC (AVX-512, bfloat16).
"""

import dataclasses

from keras_rcnn.training.experiments.experiment import Experiment
from keras_rcnn.training.recipes import Recipe, get_recipe


def _dense(preset: str, *learning_rates: tuple[float, float]) -> Recipe:
    """The dense recipe with the first and last learning rate of each phase."""
    recipe = get_recipe("dense", preset)
    phases = tuple(
        dataclasses.replace(
            phase, learning_rate=first, final_learning_rate=last
        )
        for phase, (first, last) in zip(
            recipe.phases, learning_rates, strict=True
        )
    )
    return dataclasses.replace(recipe, phases=phases, saturation_penalty=3e-3)


# With many classes, few units learn at the learning rates of the recipe.
RCNN1 = _dense("rcnn1", (2.5e-3, 1.5e-3), (1e-3, 1e-5))
RCNN2 = _dense("rcnn2", (2.5e-3, 1.5e-3), (1.5e-3, 5e-4), (1e-3, 1e-5))

SIFT_FLOW = {
    "sift_plain_paper": Experiment(
        preset="plain_sift_flow",
        dataset="sift_flow",
        recipe=get_recipe("paper", "plain_sift_flow"),
        steps=1_000,
        training_minutes=12,
        accuracies=(60.1, 12.5),
    ),
    "sift_plain_dense": Experiment(
        preset="plain_sift_flow",
        dataset="sift_flow",
        recipe=get_recipe("dense", "plain_sift_flow"),
        steps=6_000,
        validation_fraction=0.0,
        training_minutes=19,
        accuracies=(76.4, 33.1),
    ),
    "sift_plain_all": Experiment(
        note="The network that ships.",
        preset="plain_sift_flow",
        dataset="sift_flow",
        recipe=get_recipe("dense", "plain_sift_flow"),
        steps=6_000,
        split="all",
        validation_fraction=0.0,
        scored_by="sift_plain_dense",
        training_minutes=31,
    ),
    "sift_rcnn1_paper": Experiment(
        preset="rcnn1",
        dataset="sift_flow",
        recipe=get_recipe("paper", "rcnn1"),
        steps=1_000,
        training_minutes=47,
        accuracies=(52.6, 10.0),
    ),
    "sift_rcnn1_dense": Experiment(
        preset="rcnn1",
        dataset="sift_flow",
        recipe=RCNN1,
        steps=5_000,
        validation_fraction=0.0,
        training_minutes=21,
        accuracies=(75.7, 26.4),
    ),
    "sift_rcnn1_longer": Experiment(
        note="Continues `dense`.",
        preset="rcnn1",
        dataset="sift_flow",
        recipe=RCNN1.last_phase_alone(),
        steps=12_000,
        validation_fraction=0.0,
        start_from="sift_rcnn1_dense",
        training_minutes=61,
        accuracies=(76.8, 29.3),
    ),
    "sift_rcnn1_all": Experiment(
        note="The network that ships.",
        preset="rcnn1",
        dataset="sift_flow",
        recipe=RCNN1.last_phase_alone(),
        steps=12_000,
        split="all",
        validation_fraction=0.0,
        start_from="sift_rcnn1_dense",
        scored_by="sift_rcnn1_longer",
        training_minutes=56,
    ),
    "sift_rcnn2_paper": Experiment(
        preset="rcnn2",
        dataset="sift_flow",
        recipe=get_recipe("paper", "rcnn2"),
        steps=1_000,
        training_minutes=11,
        accuracies=(53.0, 9.8),
    ),
    "sift_rcnn2_dense": Experiment(
        preset="rcnn2",
        dataset="sift_flow",
        recipe=RCNN2,
        steps=30_000,
        validation_fraction=0.0,
        training_minutes=142,
        accuracies=(77.8, 30.4),
    ),
    "sift_rcnn2_all": Experiment(
        note="The network that ships.",
        preset="rcnn2",
        dataset="sift_flow",
        recipe=RCNN2,
        steps=30_000,
        split="all",
        validation_fraction=0.0,
        scored_by="sift_rcnn2_dense",
        training_minutes=173,
    ),
}
