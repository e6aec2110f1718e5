"""Training with Keras, phase after phase."""

import contextlib
import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets.data_service import DataService
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.training.batches import Targets, check_batches
from keras_rcnn.training.budget import Budget
from keras_rcnn.training.checkpoints import Checkpoints, restore_newest, tidy
from keras_rcnn.training.class_balance import class_weights
from keras_rcnn.training.learning_curve import CURVE_FILE, LearningCurve
from keras_rcnn.training.phases import Phases
from keras_rcnn.training.progress_bar import ProgressBar
from keras_rcnn.training.recipes import Recipe
from keras_rcnn.training.run_folder import (
    CHECKPOINTS_DIR,
    full_disk_named,
    lock,
    remember_settings,
)
from keras_rcnn.training.run_logs.run_log import RunLog
from keras_rcnn.training.run_logs.tensorboard_log import TensorBoardLog
from keras_rcnn.training.strategies import (
    is_chief,
    lost_worker_named,
    mean_of_replicas,
)


def train(
    model: SceneParser,
    recipe: Recipe,
    training: SceneDataset,
    validation: SceneDataset | None,
    budget: Budget,
    model_dir: pathlib.Path,
    seed: int = 0,
    steps_per_epoch: int = 200,
    checkpoint_seconds: float = 60.0,
    distillation_targets: Targets | None = None,
    strategy: tf.distribute.Strategy | None = None,
    data_service: DataService | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    settings: Mapping[str, Any] | None = None,
    logs: Sequence[RunLog] | None = None,
) -> float | None:
    """Trains a network; continues a run that was interrupted.

    One device trains by `model.fit`. With several workers, each worker calls
    this function with the same arguments; only the chief writes files.

    Args:
        model: the network, made in the scope of the strategy.
        recipe: how to train it.
        training: labeled photos to learn from.
        validation: other labeled photos, to choose the weights by; None keeps
            the last weights.
        budget: how long to train.
        model_dir: folder of the run, which all workers share; it gets
            `model.keras` (the best weights), `checkpoints/`, `logs/` (for
            TensorBoard), `learning_curve.jsonl` and `settings.json`.
        seed: decides the order and position of all crops.
        steps_per_epoch: steps from one validation to the next.
        checkpoint_seconds: time from one checkpoint to the next.
        distillation_targets: function that changes the targets of a batch,
            for example a `keras_rcnn.labeling.Distillation`.
        strategy: the devices, whose replicas share each batch.
        data_service: draws the same crops and patches in other processes.
        callbacks: more callbacks of Keras. They are called in every phase, in
            the chief process only. During validation they see the averaged
            weights, if the recipe averages weights.
        settings: more values for `settings.json`, which JSON can hold. Another
            run, with other settings, classes, recipe or seed, is refused.
        logs: where people follow the run; TensorBoard if not given.

    Returns:
        The best pixel accuracy on the validation photos at the output stride
        of the network, which is the accuracy of the saved weights. None
        without validation photos, or if training ended before the last phase.

    Raises:
        InputError: if the replicas cannot share a batch evenly, the workers do
            not share `model_dir`, or a worker is lost; if `model_dir` holds
            another run, is in use, is full, or has no usable checkpoint; if
            the loss is not finite.
    """
    strategy = strategy or tf.distribute.get_strategy()
    check_batches(recipe, strategy)
    phases = Phases(
        model, recipe, training, validation, budget, model_dir, seed, strategy
    )
    own_settings = {
        "classes": training.class_names,
        "recipe": dataclasses.asdict(recipe),
        "seed": seed,
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(lost_worker_named(strategy))
        if is_chief(strategy):
            stack.enter_context(lock(model_dir))
            stack.enter_context(full_disk_named(model_dir))
            remember_settings(model_dir, own_settings | dict(settings or {}))
        checkpoint = phases.checkpoint()
        folder = model_dir / CHECKPOINTS_DIR
        newest = restore_newest(checkpoint, folder)
        if newest:
            print(f"Going on after {int(budget.steps)} steps.", flush=True)
        observers: list[keras.callbacks.Callback] = []
        if is_chief(strategy):
            tidy(folder, newest)
            manager = tf.train.CheckpointManager(
                checkpoint, str(folder), max_to_keep=2
            )
            observers = [
                *progress_callbacks(budget, model_dir, stack),
                *log_callbacks(
                    [TensorBoardLog(budget, model_dir, {})]
                    if logs is None
                    else logs
                ),
                *callbacks,
                Checkpoints(manager, checkpoint_seconds),
            ]
        check_same_start(budget, strategy)
        weights = class_weights(training, recipe.class_balance)
        for phase in phases.to_do():
            phases.fit(
                phase,
                weights,
                observers,
                steps_per_epoch,
                distillation_targets,
                data_service,
            )
        # No validation photos, or no step of the last phase.
        phases.save_unless_chosen()
    return phases.score


def progress_callbacks(
    budget: Budget, model_dir: pathlib.Path, stack: contextlib.ExitStack
) -> list[keras.callbacks.Callback]:
    """Callbacks that show and write the progress of a run.

    Args:
        budget: of the run.
        model_dir: folder of the run.
        stack: closes the progress bar at its end.
    """
    bar = ProgressBar(budget)
    stack.callback(bar.close)
    return [
        bar,
        LearningCurve(model_dir / CURVE_FILE, budget),
    ]


def log_callbacks(logs: Sequence[RunLog]) -> list[keras.callbacks.Callback]:
    """The logs, each with the callbacks that belong to it."""
    return [callback for log in logs for callback in (log, *log.callbacks)]


def check_same_start(budget: Budget, strategy: tf.distribute.Strategy) -> None:
    """Checks that all workers continue from the same checkpoint.

    Raises:
        InputError: if they do not.
    """
    steps = float(budget.steps)
    mean = mean_of_replicas(strategy, steps)
    if abs(mean - steps) > 0.5 / strategy.num_replicas_in_sync:
        raise InputError(
            f"This worker continues after {steps:.0f} steps and others do not: "
            "give one folder that all of them share as model_dir=."
        )
