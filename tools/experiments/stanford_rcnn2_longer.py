"""rCNN2 on Stanford Background, fold 0 held out: the run `augmented` goes on.

python tools/train.py --experiment=stanford_rcnn2_longer

It also learns from the photos by which that one was chosen.
"""

import dataclasses

from experiments import stanford_rcnn2_augmented

SHORTER = stanford_rcnn2_augmented.EXPERIMENT
(*_, LAST_PHASE) = SHORTER.recipe.phases
EXPERIMENT = dataclasses.replace(
    SHORTER,
    recipe=dataclasses.replace(
        SHORTER.recipe, phases=(dataclasses.replace(LAST_PHASE, share=1.0),)
    ),
    steps=10000,
    validation_fraction=0.0,
    start_from="stanford_rcnn2_augmented",
)
