"""The length of a run and its progress."""

import time

import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.training.recipes import Phase, Recipe


class Budget(tf.Module):
    """A number of steps or of minutes, and the part of it that is used.

    Its two variables belong in the checkpoint, so that a run that continues
    keeps the steps and the time up to its last checkpoint.

    Args:
        minutes: wall-clock time of the training, validation included.
        steps: optimizer steps; exactly one of the two is given.

    Raises:
        InputError: if not exactly one is given, or it is not positive.
    """

    def __init__(
        self, minutes: float | None = None, steps: int | None = None
    ) -> None:
        super().__init__(name="budget")
        if (minutes is None) == (steps is None):
            raise InputError("Give either minutes= or steps=, and not both.")
        if (minutes or steps or 0) <= 0:
            raise InputError("minutes= or steps= must be more than 0.")
        self.total_seconds = None if minutes is None else 60.0 * minutes
        self.total_steps = steps
        self.steps = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.seconds = tf.Variable(0.0, dtype=tf.float64, trainable=False)
        self._last = time.monotonic()

    def start_clock(self) -> None:
        """Starts to count time."""
        self._last = time.monotonic()

    def seconds_since_last(self) -> float:
        """Time since the last call, or since the clock was started."""
        last, self._last = self._last, time.monotonic()
        return self._last - last

    def count_step(self, seconds: float) -> None:
        """Adds one step and its time.

        Args:
            seconds: the same on all workers.
        """
        self.seconds.assign_add(seconds)
        self.steps.assign_add(1)

    @property
    def progress(self) -> float:
        """Fraction of the run that is done, from 0 to 1."""
        used = (
            (int(self.steps), self.total_steps),
            (float(self.seconds), self.total_seconds),
        )
        return min(1.0, *(done / total for done, total in used if total))

    def phase_progress(self, recipe: Recipe, phase: Phase) -> float:
        """Fraction of a phase that is done, from 0 to 1."""
        index = recipe.phases.index(phase)
        begin = sum(earlier.fraction for earlier in recipe.phases[:index])
        # Sums such as 0.03 + 0.17 + 0.8 miss 1 by a rounding error.
        done = (self.progress - begin) / phase.fraction
        return min(max(done, 0.0), 1.0) if done < 1 - 1e-9 else 1.0
