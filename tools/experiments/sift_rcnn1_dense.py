"""rCNN1 on SIFT Flow, test split held out, recipe `dense`.

python tools/train.py --experiment=sift_rcnn1_dense
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="sift_flow",
    recipe=get_recipe("dense", "rcnn1"),
    steps=4000,
    validation_fraction=0.0,
)
