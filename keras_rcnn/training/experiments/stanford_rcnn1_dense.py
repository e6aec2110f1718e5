"""rCNN1 on Stanford Background, fold 0 held out, recipe `dense`.

python tools/train.py --experiment=stanford_rcnn1_dense

21 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 78.2
/ 69.0 % of the pixels / classes right; the paper: 79.4 / 69.5.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn1",
    dataset="stanford_background",
    recipe=get_recipe("dense", "rcnn1"),
    steps=4000,
    validation_fraction=0.0,
)
