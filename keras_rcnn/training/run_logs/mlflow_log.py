"""Runs in MLflow."""

import contextlib
import os
import pathlib
import time
from typing import Any

import numpy as np

from keras_rcnn.errors import import_extra
from keras_rcnn.training.run_logs.run_log import RunLog

EXPERIMENT = "keras-rcnn"
# MLflow asks a server that is away for minutes.
_PATIENCE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
_MAX_PARAMETERS = 100


class MlflowLog(RunLog):
    """Writes a run to MLflow, where `MLFLOW_TRACKING_URI` says.

    The run belongs to the experiment of `MLFLOW_EXPERIMENT_NAME`, or to
    `keras-rcnn`. Without these variables MLflow writes `mlflow.db` and
    `mlruns` in the current folder.

    Args: see `RunLog`.

    Raises:
        InputError: if MLflow is not installed.
    """

    name = "MLflow"

    def __init__(self, *arguments: Any) -> None:
        for name, value in _PATIENCE.items():
            os.environ.setdefault(name, value)
        self._mlflow = import_extra("mlflow", "log_to=mlflow", "logging")
        super().__init__(*arguments)

    @property
    def place(self) -> str:
        """The address of the tracking server or store."""
        uri: str = self._mlflow.get_tracking_uri()
        return uri

    def open(self, run_id: str | None) -> str:
        """Opens the run with this identity, or a new one."""
        self._client = self._mlflow.MlflowClient()
        if run_id is not None:
            # It may have been deleted there.
            with contextlib.suppress(self._mlflow.exceptions.MlflowException):
                self._client.update_run(run_id, status="RUNNING")
                self._run_id = run_id
                return run_id
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT)
        experiment = self._client.get_experiment_by_name(name)
        experiment_id = (
            experiment.experiment_id
            if experiment
            else self._client.create_experiment(name)
        )
        run = self._client.create_run(
            experiment_id, run_name=self.model_dir.name
        )
        self._run_id = run.info.run_id
        parameters = [
            self._mlflow.entities.Param(name, str(value))
            for name, value in self.parameters.items()
        ]
        for first in range(0, len(parameters), _MAX_PARAMETERS):
            self._client.log_batch(
                self._run_id,
                params=parameters[first : first + _MAX_PARAMETERS],
            )
        return self._run_id

    def log_metrics(self, metrics: dict[str, float], step: int) -> None:
        """Adds a point to each curve."""
        now = int(1000 * time.time())
        points = [
            self._mlflow.entities.Metric(name, value, now, step)
            for name, value in metrics.items()
        ]
        self._client.log_batch(self._run_id, metrics=points)

    def log_picture(self, name: str, picture: np.ndarray, step: int) -> None:
        """Adds a picture."""
        file = f"pictures/{name.replace(' ', '_')}_{step:06}.png"
        self._client.log_image(self._run_id, picture, file)

    def log_model(self, file: pathlib.Path) -> None:
        """Adds the file of the trained network."""
        self._client.log_artifact(self._run_id, str(file))

    def close(self, is_complete: bool) -> None:
        """Ends the run, complete or interrupted."""
        status = "FINISHED" if is_complete else "KILLED"
        self._client.set_terminated(self._run_id, status)
