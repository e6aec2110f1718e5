"""rCNN1 on all photos of Stanford Background: the network that ships.

python tools/train.py --experiment=stanford_rcnn1_all
"""

import dataclasses

from experiments import stanford_rcnn1_dense

EXPERIMENT = dataclasses.replace(stanford_rcnn1_dense.EXPERIMENT, split="all")
