"""Plain on Stanford Background, fold 0 held out, recipe `dense`.

python tools/train.py --experiment=stanford_plain_dense

8 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 77.5 /
68.7 % of the pixels / classes right; the paper: 79.5 / 69.5.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="plain",
    dataset="stanford_background",
    recipe=get_recipe("dense", "plain"),
    steps=6000,
    validation_fraction=0.0,
)
