"""rCNN2 on Stanford Background, fold 0 held out, taught by the run `dense`.

python tools/train.py --experiment=stanford_rcnn2_taught
"""

import dataclasses

from experiments import stanford_rcnn2_dense

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_dense.EXPERIMENT,
    steps=7000,
    validation_fraction=0.0,
    teacher="stanford_rcnn2_dense",
    distillation=0.5,
)
