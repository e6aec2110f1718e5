"""Three ways to compute the same scores of all pixels."""

from keras_rcnn.labeling.methods.fragments import score_fragments
from keras_rcnn.labeling.methods.patches import score_patches
from keras_rcnn.labeling.methods.shift_and_stitch import score_shifts

METHODS = {
    "fragments": score_fragments,
    "shift_and_stitch": score_shifts,
    "patches": score_patches,
}
