"""Pictures of labels: colors, overlays, legends, errors, scores."""

from keras_rcnn.reports.color_blind import color_blind_safe
from keras_rcnn.reports.colors import (
    UNKNOWN_COLOR,
    error_map,
    label_colors,
    label_shares,
    overlay,
)
from keras_rcnn.reports.confusion_figure import confusion_figure
from keras_rcnn.reports.distance_figure import distance_figure
from keras_rcnn.reports.legend import legend
from keras_rcnn.reports.outlined_crop import outlined_crop
from keras_rcnn.reports.panels import (
    instances_strip,
    overlay_with_legend,
    scored_photo,
    side_by_side,
)
from keras_rcnn.reports.reliability_figure import reliability_figure

__all__ = [
    "UNKNOWN_COLOR",
    "color_blind_safe",
    "confusion_figure",
    "distance_figure",
    "error_map",
    "instances_strip",
    "label_colors",
    "label_shares",
    "legend",
    "outlined_crop",
    "overlay",
    "overlay_with_legend",
    "reliability_figure",
    "scored_photo",
    "side_by_side",
]
