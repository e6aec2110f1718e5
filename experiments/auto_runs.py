"""One training with the choices of a plan, scored on whole photos."""

import dataclasses
import gc
import pathlib
import time
from typing import Any

import keras
import numpy as np

from benchmarks.peers.runs import ProcessorBudget
from experiments.auto_sets import photos_of, scaled
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.splits import train_validation_split
from keras_rcnn.evaluation import evaluate
from keras_rcnn.io.images import resize_labels, scale_down
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.models import SceneParser, from_preset, load_model
from keras_rcnn.training import train
from keras_rcnn.training.planning import (
    Choices,
    Plan,
    make_plan,
    measure_labels,
    read_plan,
    seconds_per_step,
)

_PROBE_PHOTOS = 8


def automatic_plan(
    minutes: float, folder: pathlib.Path, training: SceneDataset
) -> Plan:
    """The plan that `--auto` makes, by processor time; kept in the folder."""
    if plan := read_plan(folder):
        return plan
    labels = [label for _, label in photos_of(training)]
    some = training.select(np.arange(len(labels)) < _PROBE_PHOTOS)

    def measure(choices: Choices) -> float:
        return seconds_per_step(
            _network(choices, training),
            choices.recipe(),
            scaled(some, choices.longest_side),
            clock=time.process_time,
        )

    fingerprint = measure_labels(labels, training.class_names, len(labels))
    plan = make_plan(fingerprint, measure, minutes)
    plan.write(folder)
    return plan


def train_and_score(
    choices: Choices,
    minutes: float,
    folder: pathlib.Path,
    training: SceneDataset,
    test: SceneDataset,
) -> dict[str, Any]:
    """Trains, or goes on training, and returns the scores.

    Args:
        choices: the settings; without photos held out the last weights count.
        minutes: of processor time, of all threads.
        folder: of the run.
        training: photos of full size to train on.
        test: photos of full size to score on.
    """
    keras.backend.clear_session()
    gc.collect()
    keras.utils.set_random_seed(0)
    photos, validation = scaled(training, choices.longest_side), None
    if choices.validation_fraction:
        photos, validation = train_validation_split(
            photos, choices.validation_fraction
        )
    budget = ProcessorBudget(minutes)
    train(
        _network(choices, training),
        choices.recipe(),
        photos,
        validation,
        budget,
        folder,
        steps_per_epoch=choices.steps_per_epoch,
        settings={"minutes": minutes, "choices": dataclasses.asdict(choices)},
    )
    scores = score(folder, choices.longest_side, test)
    return {"steps": int(budget.steps), **scores}


def _network(choices: Choices, photos: SceneDataset) -> SceneParser:
    return from_preset(
        choices.preset,
        photos.num_classes,
        photos.class_names,
        photos.palette,
        dtype=choose_precision("auto"),
    )


def score(
    folder: pathlib.Path, longest_side: int, test: SceneDataset
) -> dict[str, float]:
    """Scores at the size of the photos, whatever the network sees."""
    labeler = SceneLabeler(load_model(folder))

    def label(photo: np.ndarray) -> np.ndarray:
        labels = labeler(scale_down(photo, longest_side))
        return resize_labels(labels, *photo.shape[:2])

    matrix = evaluate(label, test, progress=False).matrix
    return {
        "pixel_accuracy": matrix.pixel_accuracy,
        "pixel_accuracy_standard_error": matrix.pixel_accuracy_standard_error,
        "class_accuracy": matrix.class_accuracy,
        "mean_iou": matrix.mean_iou,
    }
