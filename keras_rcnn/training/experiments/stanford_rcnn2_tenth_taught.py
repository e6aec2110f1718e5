"""The same labels, and all photos, labeled by the network of that run.

python tools/train.py --experiment=stanford_rcnn2_tenth_taught

14 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 70.3
/ 58.7 % of the pixels / classes right.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn2_tenth

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_tenth.EXPERIMENT,
    steps=4000,
    teacher="stanford_rcnn2_tenth",
    confidence=0.6,
    times=4,
)
