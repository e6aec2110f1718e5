"""rCNN2 on all photos of SIFT Flow: the network that ships.

python tools/train.py --experiment=sift_rcnn2_all
"""

import dataclasses

from experiments import sift_rcnn2_dense

EXPERIMENT = dataclasses.replace(sift_rcnn2_dense.EXPERIMENT, split="all")
