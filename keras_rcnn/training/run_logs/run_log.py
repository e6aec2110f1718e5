"""What all places share where people follow a run."""

import abc
import json
import pathlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from keras_rcnn.errors import InputError, printable
from keras_rcnn.io.files import write_file
from keras_rcnn.training.budget import Budget

_FILE = "run_logs.json"


class RunLog(keras.callbacks.Callback, abc.ABC):
    """A callback that writes curves, pictures and the model of a run.

    The run is opened before the first step, and an error ends the training
    there. A later error is printed in one line, and the training goes on
    without this log. The folder of the training run remembers the identity of
    the logged run, so that a training that continues continues it as well.

    Args:
        budget: counts the steps.
        model_dir: folder of the training run.
        parameters: values by name, texts and numbers.

    Attributes:
        callbacks: more callbacks of Keras that belong to the log.
    """

    # For messages.
    name: str

    def __init__(
        self,
        budget: Budget,
        model_dir: pathlib.Path,
        parameters: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self.budget = budget
        self.model_dir = model_dir
        self.parameters = dict(parameters)
        self.callbacks: list[keras.callbacks.Callback] = []
        self._is_open = self._is_lost = False

    @abc.abstractmethod
    def open(self, run_id: str | None) -> str | None:
        """Opens the run with this identity, or a new one.

        Returns:
            The identity to remember, if there is one.
        """

    @abc.abstractmethod
    def log_metrics(self, metrics: dict[str, float], step: int) -> None:
        """Adds a point to each curve."""

    @abc.abstractmethod
    def log_picture(self, name: str, picture: np.ndarray, step: int) -> None:
        """Adds a picture, uint8 `(height, width, 3)`."""

    @abc.abstractmethod
    def log_model(self, file: pathlib.Path) -> None:
        """Adds the file of the trained network."""

    @abc.abstractmethod
    def close(self, is_complete: bool) -> None:
        """Ends the run, complete or interrupted."""

    @property
    def place(self) -> str:
        """Where the run is, which its identity belongs to."""
        return ""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Opens the run before the first step of the first phase.

        Raises:
            InputError: if that is impossible.
        """
        if self._is_open:
            return
        ids = self._read_ids()
        key = f"{self.name} {self.place}".strip()
        try:
            run_id = self.open(ids.get(key))
        except Exception as error:
            raise InputError(
                f"{self.name} cannot be reached ({_first_line(error)}): start "
                "its server, or leave it out of log_to=."
            ) from error
        self._is_open = True
        if run_id is None:
            return
        ids[key] = run_id
        content = json.dumps(ids, indent=2) + "\n"
        write_file(self.model_dir / _FILE, content.encode())

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Adds losses, accuracies and the minutes of the training."""
        metrics = {name: float(value) for name, value in (logs or {}).items()}
        metrics["minutes"] = float(self.budget.seconds) / 60
        self._try(self.log_metrics, metrics, int(self.budget.steps))

    def show(self, name: str, picture: np.ndarray) -> None:
        """Adds a picture of the current step."""
        self._try(self.log_picture, name, picture, int(self.budget.steps))

    def finish(self, file: pathlib.Path, figures: Mapping[str, float]) -> None:
        """Adds the model file and the final figures, and ends the run."""
        steps = int(self.budget.steps)
        self._try(self.log_metrics, dict(figures), steps)
        self._try(self.log_model, file)
        self.end(is_complete=True)

    def end(self, is_complete: bool) -> None:
        """Ends the run, unless that has happened."""
        self._try(self.close, is_complete)
        self._is_open = False

    def _try(self, action: Callable[..., None], *arguments: Any) -> None:
        if not self._is_open or self._is_lost:
            return
        try:
            action(*arguments)
        except Exception as error:
            # Clients raise errors of many kinds. None may end the training.
            self._is_lost = True
            reason = printable(_first_line(error))
            print(
                f"note: {self.name} cannot be written ({reason}): the "
                "training goes on without it.",
                file=sys.stderr,
            )

    def _read_ids(self) -> dict[str, str]:
        try:
            ids = json.loads((self.model_dir / _FILE).read_bytes())
        except (OSError, ValueError):
            return {}
        return ids if isinstance(ids, dict) else {}


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:200]
