"""rCNN2 on Stanford Background, fold 0 held out, photos changed more.

python tools/train.py --experiment=stanford_rcnn2_augmented

80 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 79.4
/ 70.7 % of the pixels / classes right; the paper: 80.2 / 69.9.
"""

import dataclasses

from keras_rcnn.training.experiments import (
    sift_rcnn2_dense,
    stanford_rcnn2_dense,
)

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_dense.EXPERIMENT,
    recipe=dataclasses.replace(
        sift_rcnn2_dense.EXPERIMENT.recipe, color=0.1, scales=(0.75, 1.33)
    ),
)
