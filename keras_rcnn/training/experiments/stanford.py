"""Experiments on Stanford Background.

    keras-rcnn train --experiment=stanford_plain_paper

trains each by its name. Fold 0 is held out and scored, unless `split="all"`.
The minutes are of one core of an AMD EPYC (AVX-512, bfloat16).
"""

import dataclasses
import functools

from keras_rcnn.training.experiments.experiment import (
    Experiment,
    on_all_photos,
)
from keras_rcnn.training.experiments.sift_flow import DENSE_RCNN2, LONG_PYRAMID
from keras_rcnn.training.recipes import get_recipe

AUGMENTED = dataclasses.replace(
    DENSE_RCNN2, color_jitter=0.1, scale_range=(0.75, 1.33)
)
# Classes are balanced less, which gains pixels; chosen on the validation photos
# of `stanford_rcnn2_augmented`.
LESS_BALANCED = dataclasses.replace(
    AUGMENTED.last_phase_alone(), class_balance=0.1
)

PLAIN = functools.partial(Experiment, "plain", "stanford_background")
RCNN1 = functools.partial(Experiment, "rcnn1", "stanford_background")
RCNN2 = functools.partial(Experiment, "rcnn2", "stanford_background")
PYRAMID = functools.partial(Experiment, "pyramid", "stanford_background")

STANFORD = {
    "stanford_plain_paper": PLAIN(
        recipe=get_recipe("paper", "plain"),
        steps=1_000,
        training_minutes=1,
        accuracies=(63.6, 50.6),
    ),
    "stanford_plain_dense": PLAIN(
        recipe=get_recipe("dense", "plain"),
        steps=6_000,
        validation_fraction=0.0,
        training_minutes=8,
        accuracies=(77.5, 68.7),
    ),
    "stanford_rcnn1_paper": RCNN1(
        recipe=get_recipe("paper", "rcnn1"),
        steps=1_000,
        training_minutes=5,
        accuracies=(62.5, 51.0),
    ),
    "stanford_rcnn1_dense": RCNN1(
        recipe=get_recipe("dense", "rcnn1"),
        steps=4_000,
        validation_fraction=0.0,
        training_minutes=21,
        accuracies=(78.2, 69.0),
    ),
    "stanford_rcnn2_paper": RCNN2(
        recipe=get_recipe("paper", "rcnn2"),
        steps=1_000,
        training_minutes=5,
        accuracies=(63.3, 51.9),
    ),
    "stanford_rcnn2_dense": RCNN2(
        recipe=get_recipe("dense", "rcnn2"),
        steps=12_000,
        training_minutes=54,
        accuracies=(79.2, 69.6),
    ),
    "stanford_rcnn2_augmented": RCNN2(
        note="Photos are changed more.",
        recipe=AUGMENTED,
        steps=12_000,
        training_minutes=80,
        accuracies=(79.4, 70.7),
    ),
    "stanford_rcnn2_longer": RCNN2(
        note="Continues `augmented`, with its validation photos as well.",
        recipe=AUGMENTED.last_phase_alone(),
        steps=10_000,
        validation_fraction=0.0,
        start_from="stanford_rcnn2_augmented",
        training_minutes=41,
        accuracies=(79.9, 71.2),
    ),
    "stanford_rcnn2_longest": RCNN2(
        note="Continues `longer`.",
        recipe=LESS_BALANCED,
        steps=8_000,
        validation_fraction=0.0,
        start_from="stanford_rcnn2_longer",
        training_minutes=31,
        accuracies=(80.2, 71.1),
    ),
    "stanford_rcnn2_taught": RCNN2(
        note="Learns from `dense` as well.",
        recipe=get_recipe("dense", "rcnn2"),
        steps=7_000,
        validation_fraction=0.0,
        teacher="stanford_rcnn2_dense",
        distillation=0.5,
        training_minutes=35,
        accuracies=(78.9, 69.9),
    ),
    "stanford_rcnn2_more": RCNN2(
        note="With the 2,488 photos of SIFT Flow, unlike the paper.",
        recipe=get_recipe("dense", "rcnn2"),
        steps=14_000,
        validation_fraction=0.0,
        more_photos="sift_flow",
        times=6,
        training_minutes=108,
        accuracies=(78.6, 70.5),
    ),
    "stanford_rcnn2_pretrained": RCNN2(
        note="Continues `more`, without the photos of SIFT Flow.",
        recipe=get_recipe("dense", "rcnn2").last_phase_alone(),
        steps=6_000,
        validation_fraction=0.0,
        teacher="stanford_rcnn2_dense",
        distillation=0.5,
        start_from="stanford_rcnn2_more",
        training_minutes=32,
        accuracies=(79.5, 70.6),
    ),
    "stanford_rcnn2_tenth": RCNN2(
        note="With a tenth of the labels.",
        recipe=get_recipe("dense", "rcnn2"),
        steps=2_000,
        validation_fraction=0.0,
        labeled_fraction=0.1,
        training_minutes=8,
        accuracies=(69.0, 57.3),
    ),
    "stanford_rcnn2_tenth_long": RCNN2(
        note="With as many steps as `tenth_taught`, and no teacher.",
        recipe=get_recipe("dense", "rcnn2"),
        steps=4_000,
        validation_fraction=0.0,
        labeled_fraction=0.1,
        training_minutes=22,
        accuracies=(69.2, 57.2),
    ),
    "stanford_rcnn2_tenth_taught": RCNN2(
        note="Learns from all photos; `tenth` labels those without labels.",
        recipe=get_recipe("dense", "rcnn2"),
        steps=4_000,
        validation_fraction=0.0,
        labeled_fraction=0.1,
        teacher="stanford_rcnn2_tenth",
        confidence=0.6,
        times=4,
        training_minutes=14,
        accuracies=(70.3, 58.7),
    ),
}
STANFORD["stanford_pyramid_dense"] = PYRAMID(
    note="The network that ships.",
    recipe=LONG_PYRAMID,
    steps=7_000,
    validation_fraction=0.0,
    training_minutes=74,
    accuracies=(83.4, 75.4),
)
STANFORD |= {
    "stanford_plain_all": on_all_photos(STANFORD, "stanford_plain_dense", 11),
    "stanford_rcnn1_all": on_all_photos(STANFORD, "stanford_rcnn1_dense", 20),
    "stanford_rcnn2_all": on_all_photos(STANFORD, "stanford_rcnn2_longest", 31),
}
