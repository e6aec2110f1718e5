"""Settings of a training that are chosen by the photos and the machine."""

from keras_rcnn.training.planning.choices import (
    RECIPE_SETTINGS,
    Choices,
    changed,
)
from keras_rcnn.training.planning.fingerprints import (
    Fingerprint,
    folder_fingerprint,
    measure_labels,
)
from keras_rcnn.training.planning.plan import PLAN_FILE, Plan, read_plan
from keras_rcnn.training.planning.planner import make_plan
from keras_rcnn.training.planning.probe import seconds_per_step
from keras_rcnn.training.planning.rules import Choice

__all__ = [
    "PLAN_FILE",
    "RECIPE_SETTINGS",
    "Choice",
    "Choices",
    "Fingerprint",
    "Plan",
    "changed",
    "folder_fingerprint",
    "make_plan",
    "measure_labels",
    "read_plan",
    "seconds_per_step",
]
