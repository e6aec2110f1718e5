"""rCNN2 on SIFT Flow, test split held out, recipe `paper`.

python tools/train.py --experiment=sift_rcnn2_paper

11 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 53.0
/ 9.8 % of the pixels / classes right; the paper: 77.7 / 29.8.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn2",
    dataset="sift_flow",
    recipe=get_recipe("paper", "rcnn2"),
    steps=1000,
)
