"""What happens besides the steps: schedule, checkpoints, progress bar."""

import math
import pathlib
import sys
import time
from typing import Any

import keras
import tensorflow as tf
import tqdm

from keras_rcnn.models.recurrent_cnn import instance_name, save_model
from keras_rcnn.training.budget import Budget
from keras_rcnn.training.recipes import Phase, Recipe


class Schedule(keras.callbacks.Callback):
    """Sets the learning rate before each step; ends a phase that is over."""

    def __init__(self, recipe: Recipe, phase: Phase, budget: Budget) -> None:
        super().__init__()
        self.recipe = recipe
        self.phase = phase
        self.budget = budget
        self._first_step = int(budget.steps)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock."""
        self.budget.start_clock()

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Half a cosine over the phase, after a linear warm-up."""
        done = self.budget.phase_progress(self.recipe, self.phase)
        first, last = self.phase.learning_rate, self.phase.final_learning_rate
        rate = last + (first - last) * (1 + math.cos(math.pi * done)) / 2
        taken = int(self.budget.steps) - self._first_step + 1
        warmup = min(1.0, taken / max(self.recipe.warmup_steps, 1))
        self.model.optimizer.learning_rate.assign(rate * warmup)

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Counts the step."""
        self.budget.count_step()
        if self.budget.phase_progress(self.recipe, self.phase) >= 1:
            self.model.stop_training = True


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights that label the validation photos best.

    Args:
        path: `.keras` file to write, at once or not at all.
        score: best pixel accuracy of the last instance so far, checkpointed.
    """

    def __init__(self, path: pathlib.Path, score: tf.Variable) -> None:
        super().__init__()
        self.path = path
        self.score = score

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes the weights if they are the best."""
        last = instance_name(self.model.num_instances)
        names = (f"val_{last}_accuracy", "val_accuracy")
        score = next(logs[name] for name in names if name in logs)
        if score > float(self.score):
            self.score.assign(score)
            save_model(self.model, self.path)


class Checkpoints(keras.callbacks.Callback):
    """Saves the state of the run every so often and at the end of a phase."""

    def __init__(
        self, manager: tf.train.CheckpointManager, seconds: float
    ) -> None:
        super().__init__()
        self.manager = manager
        self.seconds = seconds
        self._last = time.monotonic()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Saves if it is time to."""
        if time.monotonic() - self._last > self.seconds:
            self.on_train_end()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Saves."""
        self.manager.save()
        self._last = time.monotonic()


class ProgressBar(keras.callbacks.Callback):
    """One bar for the whole run, with loss and accuracy of each instance."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget
        # A log file gets a line every half minute, not ten a second.
        terminal = sys.stderr.isatty()
        self.bar = tqdm.tqdm(
            total=100.0,
            initial=100 * budget.progress,
            leave=False,
            mininterval=0.5 if terminal else 30.0,
            bar_format="{percentage:3.0f} %|{bar:20}| {elapsed}<{remaining} "
            "{desc}" + ("" if terminal else "\n"),
        )

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Moves the bar on."""
        names = [
            instance_name(index + 1)
            for index in range(self.model.num_instances)
        ]
        accuracies = "/".join(
            f"{100 * value:.1f}"
            for value in (
                logs.get(f"{name}_accuracy", logs.get("accuracy"))
                for name in names
            )
        )
        self.bar.set_description_str(
            f"step {int(self.budget.steps)} loss {logs['loss']:.3f} "
            f"accuracy of instances 1 to {len(names)}: {accuracies} %",
            refresh=False,
        )
        self.bar.update(100 * self.budget.progress - self.bar.n)

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Says how the validation photos were labelled."""
        values = [
            f"{100 * value:.1f}"
            for name, value in logs.items()
            if name.startswith("val") and name.endswith("accuracy")
        ]
        self.bar.write(
            f"step {int(self.budget.steps)}: validation accuracy of "
            f"instances 1 to {len(values)}: {'/'.join(values)} %",
            file=sys.stderr,
        )
