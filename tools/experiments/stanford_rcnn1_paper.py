"""rCNN1 on Stanford Background, fold 0 held out, recipe `paper`.

python tools/train.py --experiment=stanford_rcnn1_paper
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="stanford_background",
    recipe=get_recipe("paper", "rcnn1"),
    steps=1000,
)
