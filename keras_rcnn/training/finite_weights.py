"""Training that stops when its loss or its weights are not finite."""

import math
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.training.budget import Budget


class FiniteWeights(keras.callbacks.Callback):
    """Stops a run at the first step whose loss or weights are not finite.

    Unlike `keras.callbacks.TerminateOnNaN`, it names the photos of the step,
    and the model gets the weights before it. Must run before callbacks that
    save.

    Args:
        budget: counts the steps.
        photos: function of a batch, counted from 0, that gives the names of
            its photos.
        save: called when the model has the last finite weights.
    """

    def __init__(
        self,
        budget: Budget,
        photos: Callable[[int], list[str]],
        save: Callable[[], object],
    ) -> None:
        super().__init__()
        self.budget = budget
        self.photos = photos
        self.save = save

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Copies the first weights."""
        self._weights = [weight.value for weight in self.model.weights]
        self._finite = [
            tf.Variable(weight, trainable=False) for weight in self._weights
        ]
        self._copy_if_finite = tf.function(
            self._copy_if_all_are_finite, autograph=False
        )

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Copies the weights of the step.

        Raises:
            InputError: if they, or the loss, are not finite.
        """
        loss = (logs or {})["loss"]
        if math.isfinite(loss) and self._copy_if_finite():
            return
        self.model.set_weights([copy.numpy() for copy in self._finite])
        self.save()
        step = int(self.budget.steps)
        photos = ", ".join(self.photos(step - 1))
        raise InputError(
            f"Step {step}, with the photos {photos}, gave a loss ({loss:.3g}) "
            "or weights that are not finite; the weights before it are kept: "
            "check these photos, or train in another model_dir= with another "
            "seed= or recipe=."
        )

    def _copy_if_all_are_finite(self) -> tf.Tensor:
        """Copies on the device, which costs less than the check."""
        finite = tf.reduce_all(
            [
                tf.reduce_all(tf.math.is_finite(weight))
                for weight in self._weights
                if weight.dtype.is_floating
            ]
        )
        for copy, weight in zip(self._finite, self._weights, strict=True):
            copy.assign(tf.where(finite, weight, copy))
        return finite
