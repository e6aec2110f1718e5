"""A round of learning: from the strokes on some photos to a model."""

import dataclasses
import pathlib
from collections.abc import Sequence

import keras
import numpy as np

from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import resize_labels, scale_down
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.models import RecurrentPyramid
from keras_rcnn.models.presets import PYRAMIDS
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.teaching.callbacks import Snapshots
from keras_rcnn.teaching.initial_weights import PRESET, first_model
from keras_rcnn.teaching.project import Project
from keras_rcnn.training import Budget, train
from keras_rcnn.training.planning import Choices, Plan

LONGEST_SIDE = 320
_BATCH = 4
_SAVE_SECONDS = 5.0


def learn(
    project: Project,
    model_dir: pathlib.Path,
    budget: Budget,
    start_from: str | pathlib.Path | None = None,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Learns from all strokes; `model_dir` becomes an ordinary training run.

    `model.keras` is written every few seconds while it learns.

    Args:
        project: the photos and what is painted on them.
        model_dir: new folder of the run.
        budget: how long to learn.
        start_from: run of an earlier round, whose weights are the first ones,
            or any other pyramid; None for fresh weights.
        seed: of the weights and of the parts of the photos that are seen.
        callbacks: more callbacks of Keras.

    Raises:
        InputError: if fewer than two classes are painted.
    """
    dataset = painted_photos(project)
    keras.utils.set_random_seed(seed)
    model = first_model(dataset, start_from)
    plan = round_plan(model, dataset, budget)
    # Commands that load the model scale photos as the plan says.
    plan.write(model_dir)
    train(
        model,
        plan.choices.recipe(),
        dataset,
        None,
        budget,
        model_dir,
        seed=seed,
        checkpoint_seconds=_SAVE_SECONDS,
        callbacks=[
            Snapshots(model_dir / MODEL_FILE, _SAVE_SECONDS),
            *callbacks,
        ],
    )
    dataclasses.replace(plan, steps=int(budget.steps)).write(model_dir)


def painted_photos(project: Project) -> SceneDataset:
    """The photos of a project that have strokes.

    Raises:
        InputError: if fewer than two classes are painted.
    """
    check_strokes(project)
    images, labels = [], []
    for name in project.painted:
        images.append(scale_down(project.photo(name), LONGEST_SIDE))
        labels.append(resize_labels(project.mask(name), *images[-1].shape[:2]))
    return SceneDataset(
        project.folder.name,
        project.class_names,
        tuple((r, g, b) for r, g, b in project.palette),
        examples_in_memory(images, labels, project.painted),
        len(images),
    )


def check_strokes(project: Project) -> None:
    """Refuses to learn from strokes of fewer than two classes.

    Raises:
        InputError: which says what is missing.
    """
    if len(project.class_names) < 2:
        raise InputError("There is nothing to tell apart: name two classes.")
    counts = np.sum([*project.counts.values(), np.zeros(256)], axis=0)
    used = [
        name
        for name, count in zip(project.class_names, counts, strict=False)
        if count
    ]
    if not used:
        raise InputError(
            "There are no strokes to learn from: paint some of each class."
        )
    if len(used) < 2:
        raise InputError(
            f"Only {used[0]} is painted: paint some strokes of another class."
        )
    beyond = counts[len(project.class_names) : IGNORE_LABEL]
    if beyond.any():
        raise InputError(
            f"Masks hold the class {len(project.class_names)} or more, which "
            "has no name: add the missing classes."
        )


def round_plan(
    model: RecurrentPyramid, dataset: SceneDataset, budget: Budget
) -> Plan:
    """The settings of a round, with crops as large as the photos.

    Strokes are few, so small crops would often hold none.
    """
    sizes = [e["label"].shape for e in dataset.examples.as_numpy_iterator()]
    stride = model.geometry.total_stride
    height, width = (
        int(-(-side // stride)) * stride for side in np.median(sizes, axis=0)
    )
    presets = {entry.width: name for name, entry in PYRAMIDS.items()}
    choices = Choices(
        longest_side=LONGEST_SIDE,
        preset=presets.get(model.width, PRESET),
        crop=(height, width),
        batch_size=_BATCH,
        validation_fraction=0.0,
    )
    seconds = budget.total_seconds
    return Plan(
        fingerprint={"photos": dataset.num_examples},
        seconds_per_step=None,
        minutes=seconds and seconds / 60,
        steps=int(budget.steps),
        choices=choices,
        reasons=dict.fromkeys(
            dataclasses.asdict(choices), "learned from strokes"
        ),
    )
