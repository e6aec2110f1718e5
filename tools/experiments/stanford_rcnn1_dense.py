"""rCNN1 on Stanford Background, fold 0 held out, recipe `dense`.

python tools/train.py --experiment=stanford_rcnn1_dense
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="stanford_background",
    recipe=get_recipe("dense", "rcnn1"),
    steps=4000,
    validation_fraction=0.0,
)
