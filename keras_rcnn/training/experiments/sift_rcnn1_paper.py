"""rCNN1 on SIFT Flow, test split held out, recipe `paper`.

python tools/train.py --experiment=sift_rcnn1_paper

47 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 52.6
/ 10.0 % of the pixels / classes right; the paper: 76.2 / 29.2.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="sift_flow",
    recipe=get_recipe("paper", "rcnn1"),
    steps=1000,
)
