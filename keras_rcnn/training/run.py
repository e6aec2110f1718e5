"""Training with Keras, phase after phase."""

import functools
import pathlib
from collections.abc import Sequence

import keras
import tensorflow as tf

from keras_rcnn.datasets import DataService, SceneDataset, validation_batches
from keras_rcnn.errors import InputError
from keras_rcnn.losses.balanced_crossentropy import BalancedCrossentropy
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.saving import MODEL_FILE, save_model
from keras_rcnn.training.batches import (
    Targets,
    check_batches,
    sample_batches,
)
from keras_rcnn.training.best_weights import BestWeights
from keras_rcnn.training.budget import Budget
from keras_rcnn.training.checkpoints import Checkpoints
from keras_rcnn.training.class_balance import class_weights
from keras_rcnn.training.learning_curve import CURVE_FILE, LearningCurve
from keras_rcnn.training.loop import fit
from keras_rcnn.training.optimizers import build_optimizer
from keras_rcnn.training.progress_bar import ProgressBar
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.schedule import Schedule
from keras_rcnn.training.strategies import (
    is_chief,
    lost_worker_named,
    mean_of_replicas,
)
from keras_rcnn.training.train_step import TrainStep

LOGS_DIR = "logs"


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
    distillation_targets: Targets | None = None,
    strategy: tf.distribute.Strategy | None = None,
    data_service: DataService | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> float | None:
    """Trains a network, going on where an earlier call left off.

    With several workers each of them calls this with the same arguments; the
    chief alone writes.

    Args:
        model: the network, with fresh weights, made in the strategy's scope.
        recipe: how to train it.
        training: labeled photos to learn from.
        validation: labeled photos, others, to choose the weights by; None
            keeps the last weights.
        budget: how long to train.
        model_dir: gets `model.keras` (the best weights), `checkpoints/`,
            `logs/` (TensorBoard) and `learning_curve.jsonl`; one folder that
            all workers can read.
        seed: decides the order and place of all crops.
        steps_per_epoch: steps from one validation to the next.
        checkpoint_seconds: time from one checkpoint to the next.
        distillation_targets: function that changes the targets of a batch,
            for example a `keras_rcnn.labeling.Distillation`.
        strategy: where to compute; batches are shared out to its replicas.
        data_service: draws the same crops and patches in other processes.
        callbacks: more callbacks of Keras. They are called in every phase, in
            the chief process only, after validation has used the weights
            that will be kept.

    Returns:
        The best pixel accuracy on the validation photos, at the network's
        output stride, which is the one of the weights kept; None without,
        or if training ended before the last phase.

    Raises:
        InputError: if a batch cannot be shared out evenly, workers do not see
            the same `model_dir`, or one is lost on the way.
    """
    strategy = strategy or tf.distribute.get_strategy()
    check_batches(recipe, strategy)
    with strategy.scope():
        optimizer = build_optimizer(recipe, model)
    # Less than any: weights that find nothing are kept until others do.
    best = tf.Variable(-1.0, trainable=False)
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
    with lost_worker_named(strategy):
        check_same_start(budget, strategy)
        for phase in recipe.phases:
            if budget.phase_progress(recipe, phase) >= 1:
                continue
            step = phase_step(
                model, recipe, phase, optimizer, weights, strategy
            )
            observers: list[keras.callbacks.Callback] = [
                Schedule(recipe, phase, budget)
            ]
            if is_chief(strategy):
                observers += [
                    *progress_callbacks(budget, model_dir),
                    *callbacks,
                ]
                observers.append(Checkpoints(manager, checkpoint_seconds))
                if validation and phase is recipe.phases[-1]:
                    observers.append(BestWeights(model_dir / MODEL_FILE, best))
            if recipe.ema_momentum:
                # Must run last: earlier callbacks read the averaged weights.
                observers.append(keras.callbacks.SwapEMAWeights())
            sample = functools.partial(
                sample_batches,
                training,
                model,
                recipe,
                phase,
                seed,
                int(budget.steps),
                distillation_targets,
                data_service=data_service,
            )
            fit(
                step,
                strategy.distribute_datasets_from_function(sample),
                validation
                and validation_batches(
                    validation.examples, model.geometry, phase.num_instances
                ).cache(),
                budget,
                observers,
                steps_per_epoch,
            )
    if best >= 0:
        return float(best)
    # Nothing to choose by, or no step of the last phase to choose.
    if is_chief(strategy):
        save_model(model, model_dir / MODEL_FILE)
    return None


def progress_callbacks(
    budget: Budget, model_dir: pathlib.Path
) -> list[keras.callbacks.Callback]:
    """Callbacks that show people the progress of a run."""
    return [
        ProgressBar(budget),
        keras.callbacks.TensorBoard(model_dir / LOGS_DIR, write_graph=False),
        LearningCurve(model_dir / CURVE_FILE, budget),
    ]


def phase_step(
    model: RecurrentCNN,
    recipe: Recipe,
    phase: Phase,
    optimizer: keras.optimizers.Optimizer,
    weights: list[float],
    strategy: tf.distribute.Strategy,
) -> TrainStep:
    """What is done with each batch of a phase.

    Args:
        model: gets the instances of the phase.
        recipe: whose phase it is.
        phase: tells instances and losses.
        optimizer: the recipe's.
        weights: how much each class counts in the loss.
        strategy: where to compute.
    """
    model.num_instances = phase.num_instances
    model.conv_stack.saturation_penalty = recipe.saturation_penalty
    # Callbacks ask the model for it.
    model.compile(optimizer)
    return TrainStep(
        model,
        optimizer,
        BalancedCrossentropy(
            weights,
            recipe.label_smoothing,
            recipe.focal_gamma,
            reduction="sum",
        ),
        phase.loss_weights,
        # One update by a sum over patches is, to first order, as many updates
        # of one patch each.
        mean=phase.grid_size > 0,
        strategy=strategy,
    )


def check_same_start(budget: Budget, strategy: tf.distribute.Strategy) -> None:
    """Refuses workers that do not go on from the same checkpoint.

    Raises:
        InputError: if they see different ones.
    """
    steps = float(budget.steps)
    mean = mean_of_replicas(strategy, steps)
    if abs(mean - steps) > 0.5 / strategy.num_replicas_in_sync:
        raise InputError(
            f"This worker goes on after {steps:.0f} steps and others do not: "
            "give --model_dir as one folder that all of them share."
        )
