"""rCNN2 on all photos of Stanford Background: the network that ships.

python tools/train.py --experiment=stanford_rcnn2_all
"""

import dataclasses

from experiments import stanford_rcnn2_taught

EXPERIMENT = dataclasses.replace(stanford_rcnn2_taught.EXPERIMENT, split="all")
