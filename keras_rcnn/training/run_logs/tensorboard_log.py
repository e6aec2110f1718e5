"""Runs in TensorBoard."""

import functools
import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_rcnn.training.run_logs.run_log import RunLog

LOGS_DIR = "logs"


class TensorBoardLog(RunLog):
    """Writes a run to the folder `logs` of the training run.

    The curves are written by the callback of Keras.

    Args: see `RunLog`.
    """

    name = "TensorBoard"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        folder = self.model_dir / LOGS_DIR
        self.callbacks = [
            keras.callbacks.TensorBoard(folder, write_graph=False)
        ]
        self._pictures = folder / "validation"

    def open(self, run_id: str | None) -> None:
        """A folder needs no identity."""

    def log_metrics(self, metrics: dict[str, float], step: int) -> None:
        """The callback of Keras does that."""

    def log_picture(self, name: str, picture: np.ndarray, step: int) -> None:
        """Adds a picture."""
        with self._writer.as_default(step):
            tf.summary.image(name, picture[None])
        self._writer.flush()

    @functools.cached_property
    def _writer(self) -> tf.summary.SummaryWriter:
        return tf.summary.create_file_writer(str(self._pictures))

    def log_model(self, file: pathlib.Path) -> None:
        """The model file is beside the logs."""

    def close(self, is_complete: bool) -> None:
        """Each picture is written at once."""
