"""The learning rate over a phase, and the end of the phase."""

import math
from typing import Any

import keras

from keras_rcnn.training.budget import Budget
from keras_rcnn.training.recipes import Phase, Recipe


class Schedule(keras.callbacks.Callback):
    """Sets the learning rate before each step; ends a phase that is over.

    Args:
        recipe: whose phase it is.
        phase: gives the learning rates.
        budget: tells how far the run is.
    """

    def __init__(self, recipe: Recipe, phase: Phase, budget: Budget) -> None:
        super().__init__()
        self.recipe = recipe
        self.phase = phase
        self.budget = budget

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Half a cosine over the phase, after a linear warm-up."""
        done = self.budget.phase_progress(self.recipe, self.phase)
        first, last = self.phase.learning_rate, self.phase.final_learning_rate
        rate = last + (first - last) * (1 + math.cos(math.pi * done)) / 2
        if done < self.recipe.warmup:
            rate *= done / self.recipe.warmup
        self.model.optimizer.learning_rate.assign(rate)

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Looks whether it was the last step of the phase."""
        if self.budget.phase_progress(self.recipe, self.phase) >= 1:
            self.model.stop_training = True
