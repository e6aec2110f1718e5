"""rCNN2 on Stanford Background, fold 0 held out, photos changed more.

python tools/train.py --experiment=stanford_rcnn2_augmented
"""

import dataclasses

from experiments import sift_rcnn2_dense, stanford_rcnn2_dense

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_dense.EXPERIMENT,
    recipe=dataclasses.replace(
        sift_rcnn2_dense.EXPERIMENT.recipe, colour=0.1, scales=(0.75, 1.33)
    ),
)
