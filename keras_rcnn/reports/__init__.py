"""Pictures of labels, figures, HTML pages and model cards.

Names are imported when they are first used. Colors, overlays, legends and
panels need NumPy and Pillow only; figures and pages need the extra `reports`.
"""

from keras_rcnn import lazy_names

_MODULES = {
    "color_blind_safe": "color_blind",
    "UNKNOWN_COLOR": "colors",
    "error_map": "colors",
    "heat_map": "colors",
    "label_colors": "colors",
    "label_shares": "colors",
    "overlay": "colors",
    "ConfusedExamples": "confused_examples",
    "outlined_crop": "confused_examples",
    "write_dataset_page": "dataset_page",
    "write_errors_page": "errors_page",
    "RankedPhoto": "ranking_page",
    "write_ranking_page": "ranking_page",
    "confusion_figure": "figures",
    "distance_figure": "figures",
    "reliability_figure": "figures",
    "LabeledPhotos": "labeled_photos",
    "legend": "legends",
    "instances_strip": "panels",
    "overlay_with_legend": "panels",
    "scored_photo": "panels",
    "side_by_side": "panels",
}

__all__ = sorted(_MODULES)
__getattr__ = lazy_names(__name__, _MODULES)
