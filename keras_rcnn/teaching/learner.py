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
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.teaching.callbacks import Snapshots
from keras_rcnn.teaching.initial_weights import PRESET, first_model
from keras_rcnn.teaching.project import Project
from keras_rcnn.training import Budget, Recipe, get_recipe, train

LONGEST_SIDE = 320
_BATCH = 4
_SAVE_SECONDS = 5.0


def learn(
    project: Project,
    model_dir: pathlib.Path,
    budget: Budget,
    start_from: str | pathlib.Path | None = None,
    longest_side: int = LONGEST_SIDE,
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
        longest_side: larger photos are scaled down to this many pixels.
        seed: of the weights and of the parts of the photos that are seen.
        callbacks: more callbacks of Keras.

    Raises:
        InputError: if fewer than two classes are painted.
    """
    dataset = painted_photos(project, longest_side)
    keras.utils.set_random_seed(seed)
    model = first_model(dataset, start_from)
    train(
        model,
        fitted_recipe(model, dataset),
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
        settings={"preset": PRESET, "longest_side": longest_side},
    )


def painted_photos(
    project: Project, longest_side: int = LONGEST_SIDE
) -> SceneDataset:
    """The photos of a project that have strokes.

    Raises:
        InputError: if fewer than two classes are painted.
    """
    check_strokes(project)
    images, labels = [], []
    for name in project.painted:
        images.append(scale_down(project.photo(name), longest_side))
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


def fitted_recipe(model: RecurrentPyramid, dataset: SceneDataset) -> Recipe:
    """The recipe of the network, with crops as large as the photos.

    Strokes are few, so small crops would often hold none.
    """
    recipe = get_recipe("dense", PRESET)
    sizes = [e["label"].shape for e in dataset.examples.as_numpy_iterator()]
    stride = model.geometry.total_stride
    cells = stride // model.geometry.output_stride()
    height, width = (
        int(-(-side // stride)) * cells for side in np.median(sizes, axis=0)
    )
    (phase,) = recipe.phases
    phase = dataclasses.replace(
        phase, batch_size=_BATCH, grid_size=(height, width)
    )
    return dataclasses.replace(recipe, phases=(phase,))
