"""What short runs of training share: photos, a recipe and a network."""

import keras

from keras_rcnn import RecurrentCNN
from keras_rcnn.datasets import load_dataset, train_validation_split
from keras_rcnn.layers import ConvStack
from keras_rcnn.layers.stage import Stage
from keras_rcnn.training import Phase, Recipe

RECIPE = Recipe(
    phases=(
        Phase(1, 0.5, 2, 4, (1.0,), 1e-2, 1e-3),
        Phase(2, 0.5, 2, 4, (0.5, 1.0), 1e-2, 1e-3),
    ),
    optimizer="muon",
    scale_range=(0.8, 1.25),
    flip=True,
    class_balance=0.5,
    warmup=0.3,
)


def small_scenes():
    """Photos to learn from, and others to choose the weights by."""
    return train_validation_split(load_dataset("synthetic", split="test"), 0.1)


def small_network(scenes, **settings):
    """A network of two instances, with the same weights each time."""
    keras.utils.set_random_seed(0)
    stack = ConvStack([Stage(3, 4, 2)], scenes.num_classes, 2, **settings)
    return RecurrentCNN(
        stack, 2, scenes.class_names, scenes.palette, name="network"
    )
