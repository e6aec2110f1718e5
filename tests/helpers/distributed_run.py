"""A short run of training; writes its losses and its weights.

The test says by arguments: strategy, folder of the run, file of the losses, and
the step at which this process kills itself, if it does. The address of a data
service stands in the environment variable DATA_SERVICE, if there is one.
"""

import dataclasses
import json
import os
import pathlib
import signal
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets import DataService
from keras_rcnn.training import Budget, create_strategy, train
from keras_rcnn.training.schedule import Schedule
from tests.helpers import small_run

STEPS = 8
RECIPE = dataclasses.replace(
    small_run.RECIPE,
    phases=tuple(
        dataclasses.replace(phase, batch_size=4)
        for phase in small_run.RECIPE.phases
    ),
    weight_decay=1e-3,
    saturation_penalty=1e-2,
    ema_momentum=0.5,
)


def half_unknown(example):
    """The upper half of every label is unknown, so that crops differ."""
    label = example["label"]
    height = tf.shape(label)[0]
    upper = tf.range(height)[:, tf.newaxis] < height // 2
    unknown = tf.constant(255, label.dtype)
    return example | {"label": tf.where(upper, unknown, label)}


def remember_losses(losses, die_at):
    """Makes every step add its loss, or kill the process before it."""
    begin, end = Schedule.on_train_batch_begin, Schedule.on_train_batch_end
    means = [0.0]

    def begin_or_die(self, batch, logs=None):
        if len(losses) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        begin(self, batch, logs)

    def remember(self, batch, logs=None):
        # Logs hold the mean over the steps of the epoch.
        del means[batch + 1 :]
        means.append(logs["loss"])
        losses.append((batch + 1) * means[-1] - batch * means[-2])
        end(self, batch, logs)

    Schedule.on_train_batch_begin = begin_or_die
    Schedule.on_train_batch_end = remember


def main(strategy_name, model_dir, losses_file, die_at):
    """Trains."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    if strategy_name == "mirrored":
        (device,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            device, [tf.config.LogicalDeviceConfiguration()] * 2
        )
    strategy = create_strategy(strategy_name)
    scenes, others = small_run.small_scenes()
    scenes = dataclasses.replace(
        scenes, examples=scenes.examples.map(half_unknown)
    )
    with strategy.scope():
        model = small_run.small_network(scenes)
    service = os.environ.get("DATA_SERVICE")
    losses = []
    remember_losses(losses, die_at)
    train(
        model,
        RECIPE,
        scenes,
        others,
        Budget(steps=STEPS),
        pathlib.Path(model_dir),
        steps_per_epoch=3,
        checkpoint_seconds=0.0,
        strategy=strategy,
        data_service=DataService(service) if service else None,
    )
    pathlib.Path(losses_file).write_text(json.dumps(losses))
    np.savez(losses_file + ".npz", *model.get_weights())


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
