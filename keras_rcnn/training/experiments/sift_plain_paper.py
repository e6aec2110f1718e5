"""Plain on SIFT Flow, test split held out, recipe `paper`.

python tools/train.py --experiment=sift_plain_paper

12 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-25: 60.1
/ 12.5 % of the pixels / classes right; the paper: 76.5 / 31.0.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="plain_sift_flow",
    dataset="sift_flow",
    recipe=get_recipe("paper", "plain_sift_flow"),
    steps=1000,
)
