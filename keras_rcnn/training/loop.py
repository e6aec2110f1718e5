"""The loop of training on one device or several."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.models.scene_parser import SceneParser


def fit_until_stopped(
    model: SceneParser,
    strategy: tf.distribute.Strategy,
    sample: Callable[..., tf.data.Dataset],
    validation: tf.data.Dataset | None,
    callbacks: Sequence[keras.callbacks.Callback],
    epoch: int,
    steps_per_epoch: int,
) -> None:
    """Trains until a callback sets `model.stop_training`.

    `model.fit` fails with several workers: a loop does what it does, by the
    same steps of the model.

    Args:
        model: compiled.
        strategy: one device or more.
        sample: function of a `tf.distribute.InputContext` that draws batches.
        validation: batches that each worker scores after every epoch.
        callbacks: of Keras.
        epoch: number of the first epoch.
        steps_per_epoch: steps from one validation to the next.
    """
    if strategy.num_replicas_in_sync > 1:
        batches = strategy.distribute_datasets_from_function(sample)
        calls = keras.callbacks.CallbackList(callbacks, model=model)
        _fit_replicas(
            model, strategy, batches, validation, calls, epoch, steps_per_epoch
        )
    else:
        model.fit(
            sample(),
            epochs=sys.maxsize,
            initial_epoch=epoch,
            steps_per_epoch=steps_per_epoch,
            validation_data=validation,
            callbacks=list(callbacks),
            verbose=0,
        )


def _fit_replicas(
    model: SceneParser,
    strategy: tf.distribute.Strategy,
    batches: Iterable,
    validation: tf.data.Dataset | None,
    calls: keras.callbacks.CallbackList,
    epoch: int,
    steps_per_epoch: int,
) -> None:
    @tf.function(autograph=False)
    def train(batch: Any) -> None:
        sums = strategy.run(model.replica_step, (batch,))
        # The sums of all replicas are equal.
        model.apply_sums(
            tf.nest.map_structure(
                lambda value: strategy.experimental_local_results(value)[0],
                sums,
            )
        )

    test = tf.function(model.test_step, autograph=False, reduce_retracing=True)
    iterator = iter(batches)
    model.stop_training = False
    calls.on_train_begin()
    while not model.stop_training:
        model.reset_metrics()
        calls.on_epoch_begin(epoch)
        for step in range(steps_per_epoch):
            calls.on_train_batch_begin(step)
            train(next(iterator))
            calls.on_train_batch_end(step, _logs(model))
            if model.stop_training:
                break
        logs = _logs(model)
        if validation:
            calls.on_test_begin()
            model.reset_metrics()
            for batch in validation:
                test(batch)
            scores = _logs(model)
            calls.on_test_end(scores)
            logs |= {f"val_{name}": value for name, value in scores.items()}
        calls.on_epoch_end(epoch, logs)
        epoch += 1
    model.optimizer.finalize_variable_values(model.trainable_variables)
    calls.on_train_end()


def _logs(model: SceneParser) -> dict[str, float]:
    results = model.get_metrics_result()
    return {name: float(value) for name, value in results.items()}
