"""Labels the photos of a CVAT task on your computer, by CVAT's own client.

    pip install cvat-cli '.[annotations]'
    cvat-cli --server-host=http://localhost:8080 task auto-annotate 17 \
        --function-file docs/cvat_function.py \
        -p model=str:runs/mine -p longest_side=int:320

17 is the number of the task, whose labels have the names of the model's
classes. Each connected region becomes a mask, or polygons with
`--conv-mask-to-poly`. With `--allow-unmatched-labels` the task may have fewer
labels than the model.
"""

import cvat_sdk.auto_annotation as cvataa
import numpy as np
from cvat_sdk.masks import encode_mask

import keras_rcnn
from keras_rcnn.annotations.regions import (
    find_regions,
    region_mask,
    without_holes,
)
from keras_rcnn.io.images import resize_labels, scale_down


class Function:
    """A detection function, as cvat-sdk defines it.

    Args:
        model: file, folder or name of a model.
        longest_side: scales larger photos down to this many pixels.
    """

    def __init__(self, model, longest_side=None):
        self._labeler = keras_rcnn.load_labeler(model)
        self._longest_side = longest_side
        self.spec = cvataa.DetectionFunctionSpec(
            labels=[
                cvataa.label_spec(name, number)
                for number, name in enumerate(self._labeler.class_names)
            ]
        )

    def detect(self, context, image):
        """The regions of a photo."""
        photo = np.asarray(image.convert("RGB"))
        labels = self._labeler(scale_down(photo, self._longest_side))
        labels = resize_labels(labels, *photo.shape[:2])
        draw = _polygons if context.conv_mask_to_poly else _masks
        return [
            shape
            for region in find_regions(labels)
            for shape in draw(region.label, region.polygon)
        ]


def _masks(label, polygon):
    mask, left, top = region_mask(polygon)
    *runs, x1, y1, x2, y2 = encode_mask(mask)
    place = [x1 + left, y1 + top, x2 + left, y2 + top]
    yield cvataa.mask(label, runs + place)


def _polygons(label, polygon):
    for corners in without_holes(polygon):
        yield cvataa.polygon(label, corners.ravel().tolist())


create = Function
