"""Experiments on Stanford Background.

    keras-rcnn train --experiment=stanford_plain_paper

trains each by its name. Fold 0 is held out and scored, unless `split="all"`.
The minutes are of one core of an AMD EPYC (AVX-512, bfloat16).
"""

import dataclasses

from keras_rcnn.training.experiments.experiment import Experiment
from keras_rcnn.training.experiments.sift_flow import RCNN2
from keras_rcnn.training.recipes import get_recipe

AUGMENTED = dataclasses.replace(
    RCNN2, color_jitter=0.1, scale_range=(0.75, 1.33)
)
# Classes are balanced less, which gains pixels; chosen on the validation photos
# of `stanford_rcnn2_augmented`.
LESS_BALANCED = dataclasses.replace(
    AUGMENTED.last_phase_alone(), class_balance=0.1
)

STANFORD = {
    "stanford_plain_paper": Experiment(
        preset="plain",
        dataset="stanford_background",
        recipe=get_recipe("paper", "plain"),
        steps=1_000,
        training_minutes=1,
        accuracies=(63.6, 50.6),
    ),
    "stanford_plain_dense": Experiment(
        preset="plain",
        dataset="stanford_background",
        recipe=get_recipe("dense", "plain"),
        steps=6_000,
        validation_fraction=0.0,
        training_minutes=8,
        accuracies=(77.5, 68.7),
    ),
    "stanford_plain_all": Experiment(
        note="The network that ships.",
        preset="plain",
        dataset="stanford_background",
        recipe=get_recipe("dense", "plain"),
        steps=6_000,
        split="all",
        validation_fraction=0.0,
        scored_by="stanford_plain_dense",
        training_minutes=11,
    ),
    "stanford_rcnn1_paper": Experiment(
        preset="rcnn1",
        dataset="stanford_background",
        recipe=get_recipe("paper", "rcnn1"),
        steps=1_000,
        training_minutes=5,
        accuracies=(62.5, 51.0),
    ),
    "stanford_rcnn1_dense": Experiment(
        preset="rcnn1",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn1"),
        steps=4_000,
        validation_fraction=0.0,
        training_minutes=21,
        accuracies=(78.2, 69.0),
    ),
    "stanford_rcnn1_all": Experiment(
        note="The network that ships.",
        preset="rcnn1",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn1"),
        steps=4_000,
        split="all",
        validation_fraction=0.0,
        scored_by="stanford_rcnn1_dense",
        training_minutes=20,
    ),
    "stanford_rcnn2_paper": Experiment(
        preset="rcnn2",
        dataset="stanford_background",
        recipe=get_recipe("paper", "rcnn2"),
        steps=1_000,
        training_minutes=5,
        accuracies=(63.3, 51.9),
    ),
    "stanford_rcnn2_dense": Experiment(
        preset="rcnn2",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn2"),
        steps=12_000,
        training_minutes=54,
        accuracies=(79.2, 69.6),
    ),
    "stanford_rcnn2_augmented": Experiment(
        note="Photos are changed more.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=AUGMENTED,
        steps=12_000,
        training_minutes=80,
        accuracies=(79.4, 70.7),
    ),
    "stanford_rcnn2_longer": Experiment(
        note="Continues `augmented`, with its validation photos as well.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=AUGMENTED.last_phase_alone(),
        steps=10_000,
        validation_fraction=0.0,
        start_from="stanford_rcnn2_augmented",
        training_minutes=41,
        accuracies=(79.9, 71.2),
    ),
    "stanford_rcnn2_longest": Experiment(
        note="Continues `longer`.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=LESS_BALANCED,
        steps=8_000,
        validation_fraction=0.0,
        start_from="stanford_rcnn2_longer",
        training_minutes=31,
        accuracies=(80.2, 71.1),
    ),
    "stanford_rcnn2_all": Experiment(
        note="The network that ships.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=LESS_BALANCED,
        steps=8_000,
        split="all",
        validation_fraction=0.0,
        start_from="stanford_rcnn2_longer",
        scored_by="stanford_rcnn2_longest",
        training_minutes=31,
    ),
    "stanford_rcnn2_taught": Experiment(
        note="Learns from `dense` as well.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn2"),
        steps=7_000,
        validation_fraction=0.0,
        teacher="stanford_rcnn2_dense",
        distillation=0.5,
        training_minutes=35,
        accuracies=(78.9, 69.9),
    ),
    "stanford_rcnn2_more": Experiment(
        note="With the 2,488 photos of SIFT Flow, unlike the paper.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn2"),
        steps=14_000,
        validation_fraction=0.0,
        more_photos="sift_flow",
        times=6,
        training_minutes=108,
        accuracies=(78.6, 70.5),
    ),
    "stanford_rcnn2_pretrained": Experiment(
        note="Continues `more`, without the photos of SIFT Flow.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn2").last_phase_alone(),
        steps=6_000,
        validation_fraction=0.0,
        teacher="stanford_rcnn2_dense",
        distillation=0.5,
        start_from="stanford_rcnn2_more",
        training_minutes=32,
        accuracies=(79.5, 70.6),
    ),
    "stanford_rcnn2_tenth": Experiment(
        note="With a tenth of the labels.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn2"),
        steps=2_000,
        validation_fraction=0.0,
        labeled_fraction=0.1,
        training_minutes=8,
        accuracies=(69.0, 57.3),
    ),
    "stanford_rcnn2_tenth_long": Experiment(
        note="With as many steps as `tenth_taught`, and no teacher.",
        preset="rcnn2",
        dataset="stanford_background",
        recipe=get_recipe("dense", "rcnn2"),
        steps=4_000,
        validation_fraction=0.0,
        labeled_fraction=0.1,
        training_minutes=22,
        accuracies=(69.2, 57.2),
    ),
    "stanford_rcnn2_tenth_taught": Experiment(
        note="Learns from all photos; `tenth` labels those without labels.",
        preset="rcnn2",
        dataset="stanford_background",
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
