"""rCNN2 on SIFT Flow, test split held out, recipe `dense`.

python tools/train.py --experiment=sift_rcnn2_dense
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="rcnn2",
    dataset="sift_flow",
    recipe=get_recipe("dense", "rcnn2"),
    steps=7000,
    validation_fraction=0.0,
)
