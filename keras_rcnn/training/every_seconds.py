"""Callbacks that act at intervals."""

import time
from typing import Any

import keras


class EverySeconds(keras.callbacks.Callback):
    """Acts after a step if the last time is long enough ago.

    Args:
        seconds: from one time to the next.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self._last = time.monotonic()

    def act(self) -> None:
        """What is done; subclasses define it."""
        raise NotImplementedError

    def act_now(self) -> None:
        """Acts, whenever the last time was."""
        self.act()
        self._last = time.monotonic()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Acts if it is time."""
        if time.monotonic() - self._last > self.seconds:
            self.act_now()
