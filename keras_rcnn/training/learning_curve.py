"""The learning curve of a run."""

import json
import pathlib
from typing import Any

import keras

from keras_rcnn.training.accuracies import instance_accuracies
from keras_rcnn.training.budget import Budget

CURVE_FILE = "learning_curve.jsonl"


class LearningCurve(keras.callbacks.Callback):
    """Appends a line to a file of JSON lines after each epoch.

    Args:
        path: of the file.
        budget: gives the steps and minutes.
    """

    def __init__(self, path: pathlib.Path, budget: Budget) -> None:
        super().__init__()
        self.path = path
        self.budget = budget

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes steps, minutes and the accuracy of each instance."""
        logs = logs or {}
        count = self.model.num_instances
        point = {
            "step": int(self.budget.steps),
            "minutes": float(self.budget.seconds) / 60,
            "training": instance_accuracies(logs, count),
        }
        if any(name.startswith("val_") for name in logs):
            point["validation"] = instance_accuracies(logs, count, "val_")
        with self.path.open("a") as file:
            file.write(json.dumps(point) + "\n")


def read_curve(path: pathlib.Path) -> list[dict[str, Any]]:
    """The points of a run, in the order of steps and minutes.

    A run that was killed repeats the steps after its last checkpoint; only the
    repetition is returned.

    Args:
        path: of the file.
    """
    points: list[dict[str, Any]] = []
    for point in map(json.loads, path.read_text().splitlines()):
        while points and any(
            points[-1][key] >= point[key] for key in ("step", "minutes")
        ):
            points.pop()
        points.append(point)
    return points
