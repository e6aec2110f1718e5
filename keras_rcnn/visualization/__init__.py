"""Pictures of labels: colours, overlays, legends, errors, scores."""

from keras_rcnn.visualization.colours import (
    UNKNOWN_COLOUR,
    error_map,
    label_colours,
    label_shares,
    overlay,
)
from keras_rcnn.visualization.confusion_figure import confusion_figure
from keras_rcnn.visualization.legend import legend
from keras_rcnn.visualization.panels import (
    instances_strip,
    overlay_with_legend,
    scored_photo,
    side_by_side,
)

__all__ = [
    "UNKNOWN_COLOUR",
    "confusion_figure",
    "error_map",
    "instances_strip",
    "label_colours",
    "label_shares",
    "legend",
    "overlay",
    "overlay_with_legend",
    "scored_photo",
    "side_by_side",
]
