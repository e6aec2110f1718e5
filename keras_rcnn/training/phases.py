"""The phases of a recipe, trained one after another."""

import functools
import pathlib
from collections.abc import Iterator, Sequence

import keras
import tensorflow as tf
from keras.callbacks import SwapEMAWeights

from keras_rcnn.datasets.batch_photos import photos_of_batch
from keras_rcnn.datasets.data_service import DataService
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.validation import validation_batches
from keras_rcnn.losses import BalancedCrossentropy
from keras_rcnn.models.saving import save_model
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.training.batches import Targets, sample_batches
from keras_rcnn.training.best_weights import BestWeights
from keras_rcnn.training.budget import Budget
from keras_rcnn.training.finite_weights import FiniteWeights
from keras_rcnn.training.loop import fit_until_stopped
from keras_rcnn.training.optimizers import build_optimizer
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.schedule import Schedule
from keras_rcnn.training.strategies import is_chief


class Phases:
    """The phases of a run, trained one after another.

    Args: see `keras_rcnn.training.train`.
    """

    def __init__(
        self,
        model: SceneParser,
        recipe: Recipe,
        training: SceneDataset,
        validation: SceneDataset | None,
        budget: Budget,
        model_dir: pathlib.Path,
        seed: int,
        strategy: tf.distribute.Strategy,
    ) -> None:
        self.model = model
        self.recipe = recipe
        self.training = training
        self.validation = validation
        self.budget = budget
        self.file = model_dir / MODEL_FILE
        self.seed = seed
        self.strategy = strategy
        with strategy.scope():
            self.optimizer = build_optimizer(recipe, model)
        # -1, so that the first validated weights are always saved.
        self._best = tf.Variable(-1.0, trainable=False)

    def checkpoint(self) -> tf.train.Checkpoint:
        """All that changes during a run."""
        return tf.train.Checkpoint(
            # TensorFlow finds no weights in the lists of a Keras model.
            weights=list(self.model.weights),
            optimizer=self.optimizer,
            budget=self.budget,
            best=self._best,
        )

    @property
    def score(self) -> float | None:
        """Of the weights that validation has chosen, if it has."""
        return float(self._best) if self._best >= 0 else None

    def save_unless_chosen(self) -> None:
        """Saves the weights if validation has chosen none."""
        if is_chief(self.strategy) and self.score is None:
            save_model(self.model, self.file)

    def to_do(self) -> Iterator[Phase]:
        """The phases that have not ended, each when those before it have."""
        for phase in self.recipe.phases:
            if self.budget.phase_progress(self.recipe, phase) < 1:
                yield phase

    def fit(
        self,
        phase: Phase,
        weights: list[float],
        observers: Sequence[keras.callbacks.Callback],
        steps_per_epoch: int,
        distillation_targets: Targets | None,
        data_service: DataService | None,
    ) -> None:
        """Trains one phase to its end.

        Args:
            phase: one of the recipe.
            weights: how much each class counts in the loss.
            observers: callbacks that see each step.
            steps_per_epoch: steps from one validation to the next.
            distillation_targets: as for `train`.
            data_service: as for `train`.
        """
        compile_phase(self.model, self.recipe, phase, self.optimizer, weights)
        steps = int(self.budget.steps)
        sample = functools.partial(
            sample_batches,
            self.training,
            self.model,
            self.recipe,
            phase,
            self.seed,
            steps,
            distillation_targets,
            data_service=data_service,
        )
        held_out = self.validation and validation_batches(
            self.validation.examples,
            self.model.label_grids,
            phase.num_instances,
        )
        fit_until_stopped(
            self.model,
            self.strategy,
            sample,
            held_out and held_out.cache(),
            list(self._callbacks(phase, observers)),
            steps // steps_per_epoch,
            steps_per_epoch,
        )

    def _callbacks(
        self, phase: Phase, observers: Sequence[keras.callbacks.Callback]
    ) -> Iterator[keras.callbacks.Callback]:
        photos = functools.partial(
            photos_of_batch,
            self.training.examples,
            phase.batch_size,
            self.seed,
        )
        yield Schedule(self.recipe, phase, self.budget, self.strategy)
        yield FiniteWeights(self.budget, photos, self.save_unless_chosen)
        yield from observers
        is_last = phase is self.recipe.phases[-1]
        if self.validation and is_last and is_chief(self.strategy):
            yield BestWeights(self.file, self._best)
        if self.recipe.ema_momentum:
            # Must run last: earlier callbacks read the averaged weights.
            yield SwapEMAWeights()


def compile_phase(
    model: SceneParser,
    recipe: Recipe,
    phase: Phase,
    optimizer: keras.optimizers.Optimizer,
    weights: list[float],
) -> None:
    """Prepares the model to train the instances of a phase.

    Args:
        model: the network.
        recipe: of the run.
        phase: one of the recipe.
        optimizer: the recipe's.
        weights: how much each class counts in the loss.
    """
    model.num_instances = phase.num_instances
    if recipe.saturation_penalty:
        model.conv_stack.saturation_penalty = recipe.saturation_penalty
    loss = BalancedCrossentropy(
        weights,
        recipe.label_smoothing,
        recipe.focal_gamma,
        # A batch of patches with summed loss approximates SGD on single
        # patches.
        reduction="mean_with_sample_weight" if phase.grid_size else "sum",
    )
    model.compile(optimizer, loss, phase.loss_weights)
