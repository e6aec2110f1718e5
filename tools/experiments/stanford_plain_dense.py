"""Plain on Stanford Background, fold 0 held out, recipe `dense`.

python tools/train.py --experiment=stanford_plain_dense
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="plain",
    dataset="stanford_background",
    recipe=get_recipe("dense", "plain"),
    steps=6000,
    validation_fraction=0.0,
)
