"""The progress bar of a run."""

import sys
from typing import Any

import keras
import tqdm

from keras_rcnn.training.accuracies import describe, instance_accuracies
from keras_rcnn.training.budget import Budget


class ProgressBar(keras.callbacks.Callback):
    """A bar over the whole run, with loss and accuracy of each instance.

    Args:
        budget: gives the progress.
    """

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
        """Updates the bar."""
        logs = logs or {}
        values = instance_accuracies(logs, self.model.num_instances)
        self.bar.set_description_str(
            f"step {int(self.budget.steps)}, loss {logs['loss']:.3f}, "
            f"accuracy by instance {describe(values)}",
            refresh=False,
        )
        self.bar.update(100 * self.budget.progress - self.bar.n)

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Prints the accuracy on the validation photos."""
        if not any(name.startswith("val_") for name in logs or {}):
            return
        values = instance_accuracies(
            logs or {}, self.model.num_instances, "val_"
        )
        self.bar.write(
            f"step {int(self.budget.steps)}: validation accuracy by instance "
            f"{describe(values)}",
            file=sys.stderr,
        )

    def close(self) -> None:
        """Removes the bar, at the end of the run."""
        self.bar.close()
