"""Plain on all photos of Stanford Background: the network that ships.

python tools/train.py --experiment=stanford_plain_all
"""

import dataclasses

from experiments import stanford_plain_dense

EXPERIMENT = dataclasses.replace(stanford_plain_dense.EXPERIMENT, split="all")
