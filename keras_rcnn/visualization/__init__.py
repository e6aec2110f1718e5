"""Pictures of labels: colours, overlays, legends, errors, scores."""

from keras_rcnn.visualization.colour_blind import colour_blind_safe
from keras_rcnn.visualization.colours import (
    UNKNOWN_COLOUR,
    error_map,
    label_colours,
    label_shares,
    overlay,
)
from keras_rcnn.visualization.confusion_figure import confusion_figure
from keras_rcnn.visualization.distance_figure import distance_figure
from keras_rcnn.visualization.legend import legend
from keras_rcnn.visualization.outlined_crop import outlined_crop
from keras_rcnn.visualization.panels import (
    instances_strip,
    overlay_with_legend,
    scored_photo,
    side_by_side,
)
from keras_rcnn.visualization.reliability_figure import reliability_figure

__all__ = [
    "UNKNOWN_COLOUR",
    "colour_blind_safe",
    "confusion_figure",
    "distance_figure",
    "error_map",
    "instances_strip",
    "label_colours",
    "label_shares",
    "legend",
    "outlined_crop",
    "overlay",
    "overlay_with_legend",
    "reliability_figure",
    "scored_photo",
    "side_by_side",
]
