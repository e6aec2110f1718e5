"""Plain on SIFT Flow, test split held out, recipe `paper`.

python tools/train.py --experiment=sift_plain_paper
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="plain_sift_flow",
    dataset="sift_flow",
    recipe=get_recipe("paper", "plain_sift_flow"),
    steps=1000,
)
