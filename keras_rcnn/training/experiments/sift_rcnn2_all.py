"""rCNN2 on all photos of SIFT Flow: the network that ships.

python tools/train.py --experiment=sift_rcnn2_all

173 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26.
"""

import dataclasses

from keras_rcnn.training.experiments import sift_rcnn2_dense

EXPERIMENT = dataclasses.replace(sift_rcnn2_dense.EXPERIMENT, split="all")
