"""Plain on Stanford Background, fold 0 held out, recipe `paper`.

python tools/train.py --experiment=stanford_plain_paper

1 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-25: 63.6 /
50.6 % of the pixels / classes right; the paper: 79.5 / 69.5.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="plain",
    dataset="stanford_background",
    recipe=get_recipe("paper", "plain"),
    steps=1000,
)
