"""Which weights a run keeps."""

import pathlib
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.models.saving import save_model
from keras_rcnn.training.accuracies import instance_accuracies


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights whose last instance labels validation photos best.

    At the end of the validation, when the weights are those validated.

    Args:
        path: `.keras` file to write, whole or not at all.
        score: best pixel accuracy so far; belongs into the checkpoint.
    """

    def __init__(self, path: pathlib.Path, score: tf.Variable) -> None:
        super().__init__()
        self.path = path
        self.score = score

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Writes the weights if they are the best."""
        score = instance_accuracies(logs or {}, self.model.num_instances)[-1]
        if score > float(self.score):
            save_model(self.model, self.path)
            self.score.assign(score)
