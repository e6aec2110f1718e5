"""rCNN1 on all photos of SIFT Flow: the network that ships.

python tools/train.py --experiment=sift_rcnn1_all
"""

import dataclasses

from experiments import sift_rcnn1_dense

EXPERIMENT = dataclasses.replace(sift_rcnn1_dense.EXPERIMENT, split="all")
