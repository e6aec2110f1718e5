"""Experiments on SIFT Flow.

    keras-rcnn train --experiment=sift_plain_paper

trains each by its name. The test split is held out and scored, unless
`split="all"`. The minutes are of one core of an AMD EPYC (AVX-512, bfloat16).
"""

import dataclasses
import functools

from keras_rcnn.training.experiments.experiment import (
    Experiment,
    on_all_photos,
)
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
DENSE_RCNN1 = _dense("rcnn1", (2.5e-3, 1.5e-3), (1e-3, 1e-5))
DENSE_RCNN2 = _dense("rcnn2", (2.5e-3, 1.5e-3), (1.5e-3, 5e-4), (1e-3, 1e-5))

# Long runs gain by photos that are changed more.
LONG_PYRAMID = dataclasses.replace(
    get_recipe("dense", "pyramid"), scale_range=(0.6, 1.6), class_balance=0.1
)

PLAIN = functools.partial(Experiment, "plain_sift_flow", "sift_flow")
RCNN1 = functools.partial(Experiment, "rcnn1", "sift_flow")
RCNN2 = functools.partial(Experiment, "rcnn2", "sift_flow")
PYRAMID = functools.partial(Experiment, "pyramid", "sift_flow")

SIFT_FLOW = {
    "sift_plain_paper": PLAIN(
        recipe=get_recipe("paper", "plain_sift_flow"),
        steps=1_000,
        training_minutes=12,
        accuracies=(60.1, 12.5),
    ),
    "sift_plain_dense": PLAIN(
        recipe=get_recipe("dense", "plain_sift_flow"),
        steps=6_000,
        validation_fraction=0.0,
        training_minutes=19,
        accuracies=(76.4, 33.1),
    ),
    "sift_rcnn1_paper": RCNN1(
        recipe=get_recipe("paper", "rcnn1"),
        steps=1_000,
        training_minutes=47,
        accuracies=(52.6, 10.0),
    ),
    "sift_rcnn1_dense": RCNN1(
        recipe=DENSE_RCNN1,
        steps=5_000,
        validation_fraction=0.0,
        training_minutes=21,
        accuracies=(75.7, 26.4),
    ),
    "sift_rcnn1_longer": RCNN1(
        note="Continues `dense`.",
        recipe=DENSE_RCNN1.last_phase_alone(),
        steps=12_000,
        validation_fraction=0.0,
        start_from="sift_rcnn1_dense",
        training_minutes=61,
        accuracies=(76.8, 29.3),
    ),
    "sift_rcnn2_paper": RCNN2(
        recipe=get_recipe("paper", "rcnn2"),
        steps=1_000,
        training_minutes=11,
        accuracies=(53.0, 9.8),
    ),
    "sift_rcnn2_dense": RCNN2(
        recipe=DENSE_RCNN2,
        steps=30_000,
        validation_fraction=0.0,
        training_minutes=142,
        accuracies=(77.8, 30.4),
    ),
}
# The test split of folds 1 to 3 are three lists that it never sees.
SIFT_FLOW["sift_pyramid_dense"] = PYRAMID(
    note="The network that ships.",
    recipe=LONG_PYRAMID,
    steps=7_000,
    fold=1,
    validation_fraction=0.0,
    training_minutes=76,
    accuracies=(81.6, 33.7),
)
SIFT_FLOW |= {
    "sift_plain_all": on_all_photos(SIFT_FLOW, "sift_plain_dense", 31),
    "sift_rcnn1_all": on_all_photos(SIFT_FLOW, "sift_rcnn1_longer", 56),
    "sift_rcnn2_all": on_all_photos(SIFT_FLOW, "sift_rcnn2_dense", 173),
}
