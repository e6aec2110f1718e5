"""Writers of label maps in formats that annotation tools can import."""

from keras_rcnn.annotations.coco_annotations import CocoAnnotations
from keras_rcnn.annotations.voc_annotations import VocAnnotations

__all__ = ["CocoAnnotations", "VocAnnotations"]
