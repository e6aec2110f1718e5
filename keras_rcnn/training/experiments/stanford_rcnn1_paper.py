"""rCNN1 on Stanford Background, fold 0 held out, recipe `paper`.

python tools/train.py --experiment=stanford_rcnn1_paper

5 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-25: 62.5 /
51.0 % of the pixels / classes right; the paper: 79.4 / 69.5.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="stanford_background",
    recipe=get_recipe("paper", "rcnn1"),
    steps=1000,
)
