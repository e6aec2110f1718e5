"""A round of learning: from the strokes on some photos to a model."""

import dataclasses
import pathlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_rcnn.datasets import SceneDataset
from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import resize_labels, scale_down
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.models import RecurrentPyramid, from_preset, load_model
from keras_rcnn.models.saving import save_model
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.teaching.project import Project
from keras_rcnn.training import Budget, Recipe, get_recipe, train
from keras_rcnn.training.accuracies import instance_accuracies
from keras_rcnn.training.checkpoints import checkpoint_paths, is_whole
from keras_rcnn.training.run_folder import CHECKPOINTS_DIR

PRESET = "pyramid_small"
LONGEST_SIDE = 320
_BATCH = 4
_SAVE_SECONDS = 5.0
Tell = Callable[[dict[str, Any]], None]


def learn(
    project: Project,
    model_dir: pathlib.Path,
    budget: Budget,
    start_from: str | pathlib.Path | None = None,
    preset: str = PRESET,
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
            or any other model; None for fresh weights.
        preset: network to begin with, if there is no model.
        longest_side: larger photos are scaled down to this many pixels.
        seed: of the weights and of the parts of the photos that are seen.
        callbacks: more callbacks of Keras.

    Raises:
        InputError: if fewer than two classes are painted.
    """
    dataset = painted_photos(project, longest_side)
    keras.utils.set_random_seed(seed)
    model = first_model(dataset, start_from, preset)
    train(
        model,
        fitted_recipe(model, dataset, preset),
        dataset,
        None,
        budget,
        model_dir,
        seed=seed,
        checkpoint_seconds=_SAVE_SECONDS,
        callbacks=[Snapshots(model_dir / MODEL_FILE), *callbacks],
        settings={"preset": preset, "longest_side": longest_side},
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
        tuple(tuple(color) for color in project.palette),
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


def first_model(
    dataset: SceneDataset,
    start_from: str | pathlib.Path | None,
    preset: str = PRESET,
) -> SceneParser:
    """The network before its first step.

    Args:
        dataset: gives the classes.
        start_from: as for `learn`.
        preset: as for `learn`.
    """
    dtype = choose_precision()
    classes = {
        "class_names": dataset.class_names,
        "palette": dataset.palette,
        "dtype": dtype,
    }
    if start_from is None:
        return from_preset(preset, dataset.num_classes, **classes)
    before = trained_before(start_from)
    if isinstance(before, RecurrentPyramid):
        return _with_known_classes(before, classes)
    if before.class_names == dataset.class_names:
        return before.copy(dtype)
    return before.with_classes(dataset.num_classes, **classes)


def trained_before(start_from: str | pathlib.Path) -> SceneParser:
    """The network of a run as it was trained, or any saved network.

    A saved network has its normalizations folded in. The checkpoints of a run
    still have them, which is better to learn on from.
    """
    saved = load_model(start_from)
    if not isinstance(saved, RecurrentPyramid):
        return saved
    model = RecurrentPyramid.from_config(
        saved.get_config() | {"normalization": True}
    )
    folder = pathlib.Path(start_from) / CHECKPOINTS_DIR
    for path in reversed(checkpoint_paths(folder)):
        if is_whole(path):
            checkpoint = tf.train.Checkpoint(weights=list(model.weights))
            try:
                status = checkpoint.restore(str(path))
                status.expect_partial().assert_existing_objects_matched()
            except (AssertionError, ValueError):
                break  # The run began without normalizations.
            return model
    return saved


def _with_known_classes(
    before: RecurrentPyramid, classes: dict[str, Any]
) -> RecurrentPyramid:
    """The network with other classes; those that it knows keep their scores."""
    names = classes["class_names"]
    config = before.get_config() | classes | {"num_classes": len(names)}
    model = RecurrentPyramid.from_config(config)
    for part in ("eye", "down", "up"):
        getattr(model, part).set_weights(getattr(before, part).get_weights())
    head = model.head.get_weights()
    for old, new in zip(before.head.get_weights(), head, strict=True):
        for index, name in enumerate(names):
            if name in before.class_names:
                new[..., index] = old[..., before.class_names.index(name)]
    model.head.set_weights(head)
    return model


def fitted_recipe(
    model: SceneParser, dataset: SceneDataset, preset: str = PRESET
) -> Recipe:
    """The recipe of the network, with crops as large as the photos.

    Strokes are few, so small crops would often hold none.
    """
    if not isinstance(model, RecurrentPyramid):
        return get_recipe("dense", preset).last_phase_alone()
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


class RoundBudget(Budget):
    """A budget of seconds that begins after the first step.

    The first step builds the graph, which takes as long as many others.
    """

    def start_clock(self) -> None:
        """Starts to count time with the second step."""
        self._is_first = True

    def seconds_since_last(self) -> float:
        """Time since the last call, 0 at the first one."""
        seconds = super().seconds_since_last()
        is_first, self._is_first = self._is_first, False
        return 0.0 if is_first else seconds


class Snapshots(keras.callbacks.Callback):
    """Writes the model every few seconds.

    Args:
        file: to write or replace.
        seconds: from one to the next.
    """

    def __init__(
        self, file: pathlib.Path, seconds: float = _SAVE_SECONDS
    ) -> None:
        super().__init__()
        self.file = file
        self.seconds = seconds
        self._last = time.monotonic()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes the model if the last one is old enough."""
        if time.monotonic() - self._last > self.seconds:
            save_model(self.model, self.file)
            self._last = time.monotonic()


class Progress(keras.callbacks.Callback):
    """Tells how far a round is, and ends it early on request.

    Args:
        budget: of the round.
        tell: function of a dictionary.
        is_over: whether to end now.
    """

    def __init__(
        self, budget: Budget, tell: Tell, is_over: Callable[[], bool]
    ) -> None:
        super().__init__()
        self.budget = budget
        self.tell = tell
        self.is_over = is_over

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Tells the progress after each step."""
        accuracies = instance_accuracies(logs or {}, self.model.num_instances)
        self.tell(
            {
                "progress": self.budget.progress,
                "steps": int(self.budget.steps),
                "accuracy": list(accuracies)[-1],
            }
        )
        if self.is_over():
            self.model.stop_training = True
