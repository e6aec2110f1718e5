"""Training with Keras, phase after phase."""

import pathlib
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets import (
    DataService,
    SceneDataset,
    sample_crops,
    sample_patches,
    whole_photos,
)
from keras_rcnn.models.recurrent_cnn import RecurrentCNN, instance_name
from keras_rcnn.models.saving import MODEL_FILE, save_model
from keras_rcnn.training.accuracies import accuracy_metric
from keras_rcnn.training.balanced_crossentropy import BalancedCrossentropy
from keras_rcnn.training.best_weights import BestWeights
from keras_rcnn.training.budget import Budget
from keras_rcnn.training.checkpoints import Checkpoints
from keras_rcnn.training.class_weights import class_weights
from keras_rcnn.training.labelled_photos import LabelledPhotos
from keras_rcnn.training.learning_curve import CURVE_FILE, LearningCurve
from keras_rcnn.training.muon import Muon
from keras_rcnn.training.progress_bar import ProgressBar
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.schedule import Schedule
from keras_rcnn.training.soft_targets import SoftTargets


def train(
    model: RecurrentCNN,
    recipe: Recipe,
    training: SceneDataset,
    validation: SceneDataset | None,
    budget: Budget,
    model_dir: pathlib.Path,
    seed: int = 0,
    steps_per_epoch: int = 200,
    checkpoint_seconds: float = 60.0,
    soft_targets: SoftTargets | None = None,
    data_service: DataService | None = None,
) -> float | None:
    """Trains a network, going on where an earlier call left off.

    Args:
        model: the network, with fresh weights.
        recipe: how to train it.
        training: labelled photos to learn from.
        validation: labelled photos, others, to choose the weights by; None
            keeps the last weights.
        budget: how long to train.
        model_dir: gets `model.keras` (the best weights), `checkpoints/`,
            `logs/` (TensorBoard) and `learning_curve.jsonl`.
        seed: decides the order and place of all crops.
        steps_per_epoch: steps from one validation to the next.
        checkpoint_seconds: time from one checkpoint to the next.
        soft_targets: has a teacher take part in the targets.
        data_service: draws crops and patches elsewhere, the same ones.

    Returns:
        The best pixel accuracy on the validation photos, at the network's
        output stride, which is the one of the weights kept; None without.
    """
    optimizer = build_optimizer(recipe, model)
    best = tf.Variable(0.0, trainable=False)
    manager = tf.train.CheckpointManager(
        tf.train.Checkpoint(
            model=model, optimizer=optimizer, budget=budget, best=best
        ),
        str(model_dir / "checkpoints"),
        max_to_keep=2,
    )
    if manager.restore_or_initialize():
        print(f"Going on after {int(budget.steps)} steps.", flush=True)
    weights = class_weights(training, recipe.class_balance)
    for phase in recipe.phases:
        if budget.phase_progress(recipe, phase) >= 1:
            continue
        compile_phase(model, recipe, phase, optimizer, weights)
        callbacks = [
            Schedule(recipe, phase, budget),
            *observers(model, validation, budget, model_dir),
            Checkpoints(manager, checkpoint_seconds),
        ]
        if validation and phase is recipe.phases[-1]:
            callbacks.append(BestWeights(model_dir / MODEL_FILE, best))
        if recipe.weight_average:
            # After those that want the weights that were validated.
            callbacks.append(keras.callbacks.SwapEMAWeights())
        start = int(budget.steps)
        model.fit(
            sample_batches(
                training,
                model,
                recipe,
                phase,
                seed,
                start,
                soft_targets,
                data_service=data_service,
            ),
            validation_data=validation
            and whole_photos(
                validation.examples, model.geometry, phase.num_instances
            ).cache(),
            steps_per_epoch=steps_per_epoch,
            initial_epoch=start // steps_per_epoch,
            epochs=2**31,
            shuffle=False,
            callbacks=callbacks,
            verbose=0,
        )
    if not validation:
        save_model(model, model_dir / MODEL_FILE)
        return None
    return float(best)


def observers(
    model: RecurrentCNN,
    validation: SceneDataset | None,
    budget: Budget,
    model_dir: pathlib.Path,
) -> list[keras.callbacks.Callback]:
    """What shows people how a run goes on."""
    logs_dir = model_dir / "logs"
    callbacks = [
        ProgressBar(budget),
        keras.callbacks.TensorBoard(logs_dir, write_graph=False),
        LearningCurve(model_dir / CURVE_FILE, budget),
    ]
    if validation:
        photos = LabelledPhotos(model, validation, logs_dir, budget)
        callbacks.append(photos)
    return callbacks


def build_optimizer(
    recipe: Recipe, model: RecurrentCNN
) -> keras.optimizers.Optimizer:
    """The recipe's optimizer; the schedule sets its rate before each step."""
    settings: dict[str, Any] = {
        "use_ema": recipe.weight_average > 0,
        "ema_momentum": recipe.weight_average,
    }
    if recipe.weight_decay:
        settings["weight_decay"] = recipe.weight_decay
    if recipe.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(**settings)
    else:
        kinds = {
            "adamw": keras.optimizers.AdamW,
            "lion": keras.optimizers.Lion,
            "muon": Muon,
        }
        optimizer = kinds[recipe.optimizer](global_clipnorm=5.0, **settings)
    optimizer.build(model.trainable_variables)
    return optimizer


def compile_phase(
    model: RecurrentCNN,
    recipe: Recipe,
    phase: Phase,
    optimizer: keras.optimizers.Optimizer,
    weights: list[float],
) -> None:
    """Readies the network for the steps of a phase.

    Args:
        model: gets the instances, losses and metrics of the phase.
        recipe: whose phase it is.
        phase: tells them.
        optimizer: the recipe's.
        weights: how much each class counts in the loss.
    """
    model.num_instances = phase.num_instances
    names = [instance_name(i + 1) for i in range(phase.num_instances)]
    # One update by a sum over patches is, to first order, as many updates of
    # one patch each.
    reduction = "mean_with_sample_weight" if phase.grid_size else "sum"
    model.compile(
        optimizer=optimizer,
        loss={
            name: BalancedCrossentropy(
                weights, reduction, recipe.label_smoothing
            )
            for name in names
        },
        loss_weights=dict(zip(names, phase.loss_weights, strict=True)),
        weighted_metrics={name: accuracy_metric() for name in names},
    )


def sample_batches(
    dataset: SceneDataset,
    model: RecurrentCNN,
    recipe: Recipe,
    phase: Phase,
    seed: int,
    start: int,
    soft_targets: SoftTargets | None = None,
    data_service: DataService | None = None,
) -> tf.data.Dataset:
    """Endless batches of a phase: images, label grids and their weights.

    Args:
        dataset: labelled photos to sample from.
        model: tells the geometry.
        recipe: whose phase it is.
        phase: tells how to sample.
        seed: decides every draw.
        start: batches to pass over, for a run that goes on.
        soft_targets: has a teacher take part in the targets.
        data_service: draws crops and patches elsewhere, the same ones.
    """
    arguments = {
        "examples": dataset.examples,
        "geometry": model.geometry,
        "num_instances": phase.num_instances,
        "batch_size": phase.batch_size,
        "seed": seed,
        "start": start,
        "data_service": data_service,
    }
    if phase.grid_size:
        batches = sample_crops(
            grid_size=phase.grid_size,
            scales=recipe.scales,
            flip=recipe.flip,
            colour=recipe.colour,
            cutout=recipe.cutout,
            **arguments,
        )
    else:
        batches = sample_patches(
            one_instance_at_random=phase.one_instance_at_random, **arguments
        )
    if soft_targets:
        batches = batches.map(soft_targets).prefetch(tf.data.AUTOTUNE)
    return batches
