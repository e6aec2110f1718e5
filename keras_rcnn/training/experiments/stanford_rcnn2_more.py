"""rCNN2 on Stanford Background, fold 0 held out, and photos of SIFT Flow.

python tools/train.py --experiment=stanford_rcnn2_more

108 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 78.6
/ 70.5 % of the pixels / classes right; the paper: 80.2 / 69.9.

More data than the paper had: the 2,488 photos of SIFT Flow, whose classes are
mapped to those of Stanford Background, none of whose photos it has.
"""

import dataclasses

from keras_rcnn.training.experiments import stanford_rcnn2_dense

EXPERIMENT = dataclasses.replace(
    stanford_rcnn2_dense.EXPERIMENT,
    steps=14000,
    validation_fraction=0.0,
    more_photos="sift_flow",
    times=6,
)
