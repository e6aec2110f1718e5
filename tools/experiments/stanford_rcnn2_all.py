"""rCNN2 on all photos of Stanford Background: the network that ships.

python tools/train.py --experiment=stanford_rcnn2_all
"""

import dataclasses

from experiments import stanford_rcnn2_dense

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_dense.EXPERIMENT, split="all", validation_fraction=0.0
)
