"""The state of a run on disk."""

import time
from typing import Any

import keras
import tensorflow as tf


class Checkpoints(keras.callbacks.Callback):
    """Saves the state of a run every so often and at the end of a phase.

    Args:
        manager: writes the checkpoints.
        seconds: time from one to the next.
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
        """Saves if it is time to."""
        if time.monotonic() - self._last > self.seconds:
            self.on_train_end()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Saves."""
        self.manager.save()
        self._last = time.monotonic()
