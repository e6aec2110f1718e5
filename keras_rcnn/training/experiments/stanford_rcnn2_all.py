"""rCNN2 on all photos of Stanford Background: the network that ships.

python tools/train.py --experiment=stanford_rcnn2_all

31 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn2_longest

EXPERIMENT = dataclasses.replace(stanford_rcnn2_longest.EXPERIMENT, split="all")
