"""rCNN2 on SIFT Flow, test split held out, recipe `dense`.

python tools/train.py --experiment=sift_rcnn2_dense

142 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 77.8
/ 30.4 % of the pixels / classes right; the paper: 77.7 / 29.8.
"""

import dataclasses

from keras_rcnn.training import Phase, get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn2",
    dataset="sift_flow",
    # With many classes the recipe's learning rates leave few units that learn.
    recipe=dataclasses.replace(
        get_recipe("dense", "rcnn2"),
        phases=(
            Phase(1, 0.03, 32, 24, (1.0,), 2.5e-3, 1.5e-3),
            Phase(2, 0.20, 16, 16, (0.5, 1.0), 1.5e-3, 5e-4),
            Phase(3, 0.77, 4, 16, (0.5, 1.0, 1.0), 1e-3, 1e-5),
        ),
        saturation_penalty=3e-3,
    ),
    steps=30000,
    validation_fraction=0.0,
)
