"""rCNN2 on SIFT Flow, test split held out, recipe `dense`.

python tools/train.py --experiment=sift_rcnn2_dense

96 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 74.9
/ 25.5 % of the pixels / classes right; the paper: 77.7 / 29.8.
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="rcnn2",
    dataset="sift_flow",
    recipe=get_recipe("dense", "rcnn2"),
    steps=20000,
    validation_fraction=0.0,
)
