"""The loop over epochs and steps, with Keras' callbacks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.training.averages import Averages
from keras_rcnn.training.budget import Budget
from keras_rcnn.training.train_step import TrainStep


def fit(
    step: TrainStep,
    batches: Iterable[Any],
    validation: tf.data.Dataset | None,
    budget: Budget,
    callbacks: Sequence[keras.callbacks.Callback],
    steps_per_epoch: int,
) -> None:
    """Trains until a callback sets `model.stop_training`.

    `keras.Model.fit` does not run with several workers; this does, and with
    one device it does the same as on them.

    Args:
        step: what is done with a batch.
        batches: endless, each with a part for every replica.
        validation: photos that each worker scores after every epoch.
        budget: counts steps and seconds, the same ones on all workers.
        callbacks: those of Keras and ours.
        steps_per_epoch: steps from one validation to the next.
    """
    model, iterator = step.model, iter(batches)
    calls = keras.callbacks.CallbackList(callbacks, model=model)
    model.stop_training = False
    epoch = int(budget.steps) // steps_per_epoch
    calls.on_train_begin()
    budget.start_clock()
    while not model.stop_training:
        calls.on_epoch_begin(epoch)
        logs = _train_epoch(step, iterator, budget, calls, steps_per_epoch)
        if validation:
            scores = _validate(step, validation, calls)
            logs |= {f"val_{name}": value for name, value in scores.items()}
        calls.on_epoch_end(epoch, logs)
        epoch += 1
    step.optimizer.finalize_variable_values(model.trainable_variables)
    calls.on_train_end()


def _train_epoch(
    step: TrainStep,
    iterator: Iterator[Any],
    budget: Budget,
    calls: keras.callbacks.CallbackList,
    steps: int,
) -> dict[str, float]:
    averages = Averages(step)
    for index in range(steps):
        calls.on_train_batch_begin(index)
        seconds = tf.constant(budget.seconds_since_last(), tf.float32)
        sums, seconds = step.train(next(iterator), seconds)
        averages.update(sums)
        budget.count_step(float(seconds))
        calls.on_train_batch_end(index, averages.logs())
        if step.model.stop_training:
            break
    return averages.logs()


def _validate(
    step: TrainStep,
    photos: tf.data.Dataset,
    calls: keras.callbacks.CallbackList,
) -> dict[str, float]:
    averages = Averages(step)
    calls.on_test_begin()
    for photo in photos:
        averages.update(step.test(photo))
    logs = averages.logs()
    calls.on_test_end(logs)
    return logs
