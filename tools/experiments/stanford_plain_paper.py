"""Plain on Stanford Background, fold 0 held out, recipe `paper`.

python tools/train.py --experiment=stanford_plain_paper
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="plain",
    dataset="stanford_background",
    recipe=get_recipe("paper", "plain"),
    steps=1000,
)
