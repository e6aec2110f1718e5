"""rCNN1 on SIFT Flow, test split held out, recipe `dense`.

python tools/train.py --experiment=sift_rcnn1_dense

21 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 75.7
/ 26.4 % of the pixels / classes right; the paper: 76.2 / 29.2.
"""

import dataclasses

from keras_rcnn.training import Phase, get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="sift_flow",
    # As for rCNN2: with many classes, half the recipe's learning rates.
    recipe=dataclasses.replace(
        get_recipe("dense", "rcnn1"),
        phases=(
            Phase(1, 0.1, 16, 16, (1.0,), 2.5e-3, 1.5e-3),
            Phase(2, 0.9, 6, 8, (0.5, 1.0), 1e-3, 1e-5),
        ),
        saturation_penalty=3e-3,
    ),
    steps=5000,
    validation_fraction=0.0,
)
