"""A try of the machinery on generated scenes: less than a minute, no data.

python tools/train.py --experiment=synthetic_rcnn1_short
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="synthetic",
    recipe=get_recipe("dense", "rcnn1"),
    steps=20,
)
