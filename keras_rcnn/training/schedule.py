"""The clock and the learning rate of a phase."""

import math
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.training.budget import Budget
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.strategies import mean_of_replicas


class Schedule(keras.callbacks.Callback):
    """Counts steps and time, sets the learning rate and ends the phase.

    The learning rate follows half a cosine over the phase, after a linear
    warm-up. Must run first: other callbacks read the budget.

    Args:
        recipe: of the run.
        phase: gives the learning rates.
        budget: counts the steps and the time.
        strategy: its workers agree on the time of each step.
    """

    def __init__(
        self,
        recipe: Recipe,
        phase: Phase,
        budget: Budget,
        strategy: tf.distribute.Strategy | None = None,
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.phase = phase
        self.budget = budget
        self.strategy = strategy or tf.distribute.get_strategy()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock."""
        self.budget.start_clock()

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Sets the learning rate."""
        done = self.budget.phase_progress(self.recipe, self.phase)
        first, last = self.phase.learning_rate, self.phase.final_learning_rate
        rate = last + (first - last) * (1 + math.cos(math.pi * done)) / 2
        if done < self.recipe.warmup:
            rate *= done / self.recipe.warmup
        self.model.optimizer.learning_rate.assign(rate)

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Counts the step and ends the phase after its last one."""
        seconds = self.budget.seconds_since_last()
        self.budget.count_step(mean_of_replicas(self.strategy, seconds))
        if self.budget.phase_progress(self.recipe, self.phase) >= 1:
            self.model.stop_training = True
