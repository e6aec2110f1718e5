"""Runs in Weights & Biases."""

import os
import pathlib
import secrets
from typing import Any

import numpy as np

from keras_rcnn.errors import import_extra
from keras_rcnn.training.run_logs.run_log import RunLog

PROJECT = "keras-rcnn"
_SECONDS_TO_REACH = 30


class WandbLog(RunLog):
    """Writes a run to Weights & Biases, whose variables say where.

    `WANDB_MODE=offline` writes to the folder of the training run, and `wandb
    sync` uploads it later. `WANDB_PROJECT` names the project, `keras-rcnn` if
    it is not set.

    Args: see `RunLog`.

    Raises:
        InputError: if W&B is not installed.
    """

    name = "W&B"

    def __init__(self, *arguments: Any) -> None:
        self._wandb = import_extra("wandb", "log_to=wandb", "logging")
        super().__init__(*arguments)

    def open(self, run_id: str | None) -> str:
        """Opens the run with this identity, or a new one."""
        run_id = run_id or secrets.token_hex(4)
        self._run = self._wandb.init(
            project=os.environ.get("WANDB_PROJECT", PROJECT),
            id=run_id,
            resume="allow",
            name=self.model_dir.name,
            dir=str(self.model_dir),
            config=self.parameters,
            allow_val_change=True,
            settings=self._wandb.Settings(
                init_timeout=_SECONDS_TO_REACH,
                console="off",
                silent=True,
            ),
        )
        return run_id

    def log_metrics(self, metrics: dict[str, float], step: int) -> None:
        """Adds a point to each curve."""
        self._run.log(metrics, step=step)

    def log_picture(self, name: str, picture: np.ndarray, step: int) -> None:
        """Adds a picture."""
        self._run.log({name: self._wandb.Image(picture)}, step=step)

    def log_model(self, file: pathlib.Path) -> None:
        """Adds the file of the trained network."""
        artifact = self._wandb.Artifact(f"model-{self._run.id}", type="model")
        artifact.add_file(str(file))
        self._run.log_artifact(artifact)

    def close(self, is_complete: bool) -> None:
        """Ends the run, complete or interrupted."""
        self._run.finish(exit_code=0 if is_complete else 1)
