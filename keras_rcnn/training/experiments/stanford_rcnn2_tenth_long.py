"""A tenth of the labels, with as many steps as `tenth_taught` and no teacher.

python tools/train.py --experiment=stanford_rcnn2_tenth_long

22 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 69.2
/ 57.2 % of the pixels / classes right.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn2_tenth

EXPERIMENT = dataclasses.replace(stanford_rcnn2_tenth.EXPERIMENT, steps=4000)
