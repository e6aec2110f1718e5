"""Writers of label maps in formats that annotation tools can import."""

from keras_rcnn.annotations.coco_annotations import CocoAnnotations
from keras_rcnn.annotations.coco_instances import CocoInstances
from keras_rcnn.annotations.geojson_annotations import GeojsonAnnotations
from keras_rcnn.annotations.label_studio_annotations import (
    LabelStudioAnnotations,
)
from keras_rcnn.annotations.labelme_annotations import LabelmeAnnotations
from keras_rcnn.annotations.voc_annotations import VocAnnotations
from keras_rcnn.annotations.yolo_annotations import YoloAnnotations

__all__ = [
    "CocoAnnotations",
    "CocoInstances",
    "GeojsonAnnotations",
    "LabelStudioAnnotations",
    "LabelmeAnnotations",
    "VocAnnotations",
    "YoloAnnotations",
]
