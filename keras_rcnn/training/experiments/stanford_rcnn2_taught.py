"""rCNN2 on Stanford Background, fold 0 held out, taught by the run `dense`.

python tools/train.py --experiment=stanford_rcnn2_taught

35 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-25: 78.9
/ 69.9 % of the pixels / classes right; the paper: 80.2 / 69.9.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn2_dense

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_dense.EXPERIMENT,
    steps=7000,
    validation_fraction=0.0,
    teacher="stanford_rcnn2_dense",
    distillation=0.5,
)
