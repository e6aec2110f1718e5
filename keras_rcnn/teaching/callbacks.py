"""The time of a round, and what it tells and writes while it learns."""

import pathlib
from collections.abc import Callable
from typing import Any

import keras

from keras_rcnn.models.saving import save_model
from keras_rcnn.training import Budget
from keras_rcnn.training.accuracies import instance_accuracies
from keras_rcnn.training.every_seconds import EverySeconds

Tell = Callable[[dict[str, Any]], None]


class RoundBudget(Budget):
    """A budget of seconds that begins after the first step.

    The first step builds the graph, which takes as long as many others.
    """

    def start_clock(self) -> None:
        """Starts to count time with the second step."""
        self._is_first = True

    def seconds_since_last(self) -> float:
        """Time since the last call, 0 at the first one."""
        seconds = super().seconds_since_last()
        is_first, self._is_first = self._is_first, False
        return 0.0 if is_first else seconds


class Snapshots(EverySeconds):
    """Writes the model every few seconds.

    Args:
        file: to write or replace.
        seconds: from one to the next.
    """

    def __init__(self, file: pathlib.Path, seconds: float) -> None:
        super().__init__(seconds)
        self.file = file

    def act(self) -> None:
        """Writes the model."""
        save_model(self.model, self.file)


class Progress(keras.callbacks.Callback):
    """Tells how far a round is, and ends it early on request.

    Args:
        budget: of the round.
        tell: function of a dictionary.
        is_over: whether to end now.
    """

    def __init__(
        self, budget: Budget, tell: Tell, is_over: Callable[[], bool]
    ) -> None:
        super().__init__()
        self.budget = budget
        self.tell = tell
        self.is_over = is_over

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Tells the progress after each step."""
        accuracies = instance_accuracies(logs or {}, self.model.num_instances)
        self.tell(
            {
                "progress": self.budget.progress,
                "steps": int(self.budget.steps),
                "accuracy": list(accuracies)[-1],
            }
        )
        if self.is_over():
            self.model.stop_training = True
