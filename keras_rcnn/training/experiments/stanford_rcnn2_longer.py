"""rCNN2 on Stanford Background, fold 0 held out: the run `augmented` goes on.

python tools/train.py --experiment=stanford_rcnn2_longer

41 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 79.9
/ 71.2 % of the pixels / classes right; the paper: 80.2 / 69.9.

It also learns from the photos by which that one was chosen.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn2_augmented

SHORTER = stanford_rcnn2_augmented.EXPERIMENT
EXPERIMENT = dataclasses.replace(
    SHORTER,
    recipe=SHORTER.recipe.last_phase_alone(),
    steps=10000,
    validation_fraction=0.0,
    start_from="stanford_rcnn2_augmented",
)
