"""rCNN2 on Stanford Background, fold 0 held out, recipe `paper`.

python tools/train.py --experiment=stanford_rcnn2_paper
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="rcnn2",
    dataset="stanford_background",
    recipe=get_recipe("paper", "rcnn2"),
    steps=1000,
)
