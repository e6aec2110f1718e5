"""Writers of label maps in formats that annotation tools can import.

Names are imported when they are first used.
"""

from keras_rcnn import lazy_names

_MODULES = {
    "CocoAnnotations": "coco_annotations",
    "CocoInstances": "coco_instances",
    "GeojsonAnnotations": "geojson_annotations",
    "LabelStudioAnnotations": "label_studio_annotations",
    "LabelmeAnnotations": "labelme_annotations",
    "VocAnnotations": "voc_annotations",
    "YoloAnnotations": "yolo_annotations",
}

__all__ = sorted(_MODULES)
__getattr__ = lazy_names(__name__, _MODULES)
