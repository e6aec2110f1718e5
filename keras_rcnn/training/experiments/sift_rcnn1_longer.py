"""rCNN1 on SIFT Flow, test split held out: the run `dense` goes on.

python tools/train.py --experiment=sift_rcnn1_longer

61 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 76.8
/ 29.3 % of the pixels / classes right; the paper: 76.2 / 29.2.
"""

import dataclasses

from keras_rcnn.training.experiments import sift_rcnn1_dense

SHORTER = sift_rcnn1_dense.EXPERIMENT
EXPERIMENT = dataclasses.replace(
    SHORTER,
    recipe=SHORTER.recipe.last_phase_alone(),
    steps=12000,
    start_from="sift_rcnn1_dense",
)
