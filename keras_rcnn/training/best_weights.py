"""The weights that a run saves."""

import pathlib
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.errors import InputError
from keras_rcnn.models.saving import save_model
from keras_rcnn.training.accuracies import instance_accuracies


class BestWeights(keras.callbacks.Callback):
    """Saves the weights whose last instance labels validation photos best.

    It saves at the end of the validation, when the model holds the validated
    weights, which may be averages.

    Args:
        path: `.keras` file to write or replace.
        score: best pixel accuracy so far; belongs in the checkpoint.
    """

    def __init__(self, path: pathlib.Path, score: tf.Variable) -> None:
        super().__init__()
        self.path = path
        self.score = score

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Saves the weights if they are the best so far.

        Raises:
            InputError: if no validation pixel is known: any score would do.
        """
        name = f"{instance_name(self.model.num_instances)}_accuracy"
        if not any(
            float(metric.count)
            for metric in self.model.metrics
            if metric.name == name
        ):
            raise InputError(
                "No pixel of the validation photos has a known class, so they "
                "cannot choose the weights: give others, or validation=None."
            )
        score = instance_accuracies(logs or {}, self.model.num_instances)[-1]
        if score > float(self.score):
            save_model(self.model, self.path)
            self.score.assign(score)
