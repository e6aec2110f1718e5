"""Trains a pyramid on one replica and on two; prints how they differ."""

import dataclasses
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf

from keras_rcnn.datasets import load_dataset
from keras_rcnn.models import RecurrentPyramid
from keras_rcnn.training import Budget, get_recipe, train


def weights_after(strategy, dataset, folder):
    """The weights after three steps."""
    recipe = get_recipe("dense", "pyramid")
    (phase,) = recipe.phases
    phase = dataclasses.replace(phase, batch_size=2, grid_size=(8, 8))
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = RecurrentPyramid(
            dataset.num_classes, width=8, depth=1, eye_filters=(4, 6)
        )
    train(
        model,
        dataclasses.replace(recipe, phases=(phase,)),
        dataset,
        None,
        Budget(steps=3),
        folder,
        strategy=strategy,
    )
    return model.get_weights()


def main():
    """Prints the largest difference of a weight."""
    (processor,) = tf.config.list_physical_devices("CPU")
    parts = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(processor, parts)
    dataset = load_dataset("synthetic")
    folder = pathlib.Path(sys.argv[1])
    one, two = (
        weights_after(strategy, dataset, folder / name)
        for name, strategy in (
            ("one", tf.distribute.get_strategy()),
            ("two", tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])),
        )
    )
    print(max(abs(a - b).max() for a, b in zip(one, two, strict=True)))


if __name__ == "__main__":
    main()
