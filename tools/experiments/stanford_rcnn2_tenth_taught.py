"""The same labels, and all photos, labelled by the network of that run.

python tools/train.py --experiment=stanford_rcnn2_tenth_taught
"""

import dataclasses

from experiments import stanford_rcnn2_tenth

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_tenth.EXPERIMENT, teacher="stanford_rcnn2_tenth"
)
