"""Checkpoints of a run."""

import time
from typing import Any

import keras
import tensorflow as tf


class Checkpoints(keras.callbacks.Callback):
    """Saves the state of a run at intervals and at the end of each phase.

    Args:
        manager: writes the checkpoints.
        seconds: time from one checkpoint to the next.
    """

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
        """Saves if the last checkpoint is old enough."""
        if time.monotonic() - self._last > self.seconds:
            self.on_train_end()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Saves at the end of a phase."""
        self.manager.save()
        self._last = time.monotonic()
