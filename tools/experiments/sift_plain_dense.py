"""Plain on SIFT Flow, test split held out, recipe `dense`.

python tools/train.py --experiment=sift_plain_dense
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="plain_sift_flow",
    dataset="sift_flow",
    recipe=get_recipe("dense", "plain_sift_flow"),
    steps=6000,
    validation_fraction=0.0,
)
