"""rCNN2 on Stanford Background, fold 0 held out, recipe `paper`.

python tools/train.py --experiment=stanford_rcnn2_paper

5 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-25: 63.3 /
51.9 % of the pixels / classes right; the paper: 80.2 / 69.9.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn2",
    dataset="stanford_background",
    recipe=get_recipe("paper", "rcnn2"),
    steps=1000,
)
