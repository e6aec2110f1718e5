"""rCNN2 with a tenth of the labels of Stanford Background, fold 0 held out.

python tools/train.py --experiment=stanford_rcnn2_tenth

8 minutes on one core of an AMD EPYC (AVX-512, bfloat16), 2026-11-26: 69.0 /
57.3 % of the pixels / classes right.
"""

from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    preset="rcnn2",
    dataset="stanford_background",
    recipe=get_recipe("dense", "rcnn2"),
    steps=2000,
    validation_fraction=0.0,
    labelled_fraction=0.1,
)
