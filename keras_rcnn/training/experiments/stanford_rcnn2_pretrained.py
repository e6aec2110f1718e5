"""rCNN2 on Stanford Background, fold 0 held out, pre-trained with SIFT Flow.

python tools/train.py --experiment=stanford_rcnn2_pretrained

32 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 79.5
/ 70.6 % of the pixels / classes right; the paper: 80.2 / 69.9.

More data than the paper had: it goes on from the run `more`, without the
photos of SIFT Flow.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn2_taught

TAUGHT = stanford_rcnn2_taught.EXPERIMENT
EXPERIMENT = dataclasses.replace(
    TAUGHT,
    recipe=TAUGHT.recipe.last_phase_alone(),
    steps=6000,
    start_from="stanford_rcnn2_more",
)
