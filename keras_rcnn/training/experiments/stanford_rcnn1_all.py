"""rCNN1 on all photos of Stanford Background: the network that ships.

python tools/train.py --experiment=stanford_rcnn1_all

20 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn1_dense

EXPERIMENT = dataclasses.replace(stanford_rcnn1_dense.EXPERIMENT, split="all")
