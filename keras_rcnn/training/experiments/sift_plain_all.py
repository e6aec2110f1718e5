"""Plain on all photos of SIFT Flow: the network that ships.

python tools/train.py --experiment=sift_plain_all

31 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26.
"""

import dataclasses

from keras_rcnn.training.experiments import sift_plain_dense

EXPERIMENT = dataclasses.replace(sift_plain_dense.EXPERIMENT, split="all")
