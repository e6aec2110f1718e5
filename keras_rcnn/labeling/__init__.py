"""Dense labeling of whole photos.

Names are imported when they are first used: `Labeler` needs no TensorFlow.
"""

from keras_rcnn import lazy_names

_MODULES = {
    "AverageLabeler": "average_labeler",
    "BandLabeler": "labeler",
    "Distillation": "distillation",
    "Ensemble": "ensemble",
    "Labeler": "labeler",
    "METHODS": "methods",
    "SceneLabeler": "scene_labeler",
    "TemporalAverage": "temporal_average",
    "TestTimeAugmentation": "augmentation",
    "TooLargeError": "labeler",
    "UncertaintyEstimator": "photo_ranking",
    "label_with_uncertainty": "uncertainty",
    "pseudo_label": "self_training",
    "rank_photos": "photo_ranking",
}

__all__ = sorted(_MODULES)
__getattr__ = lazy_names(__name__, _MODULES)
