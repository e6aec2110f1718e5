"""Label maps in the formats of annotation tools, to be corrected there."""

from keras_rcnn.annotations.coco_annotations import CocoAnnotations
from keras_rcnn.annotations.voc_annotations import VocAnnotations

__all__ = ["CocoAnnotations", "VocAnnotations"]
