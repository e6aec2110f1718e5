"""rCNN1 on SIFT Flow, test split held out, recipe `dense`.

python tools/train.py --experiment=sift_rcnn1_dense

21 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 74.4
/ 23.8 % of the pixels / classes right; the paper: 76.2 / 29.2.
"""

from experiments.experiment import Experiment
from keras_rcnn.training import get_recipe

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="sift_flow",
    recipe=get_recipe("dense", "rcnn1"),
    steps=4000,
    validation_fraction=0.0,
)
