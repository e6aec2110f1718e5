"""Plain on all photos of SIFT Flow: the network that ships.

python tools/train.py --experiment=sift_plain_all
"""

import dataclasses

from experiments import sift_plain_dense

EXPERIMENT = dataclasses.replace(sift_plain_dense.EXPERIMENT, split="all")
