"""Experiments on generated scenes, which need no data."""

from keras_rcnn.training.experiments.experiment import Experiment
from keras_rcnn.training.recipes import get_recipe

SYNTHETIC = {
    "synthetic_rcnn1_short": Experiment(
        note="Tries the software in less than a minute.",
        preset="rcnn1",
        dataset="synthetic",
        recipe=get_recipe("dense", "rcnn1"),
        steps=20,
    ),
}
