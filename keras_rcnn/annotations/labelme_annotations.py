"""Label maps as JSON files of labelme."""

import base64
import io
import json
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from keras_rcnn.annotations.regions import Region, find_regions, region_mask
from keras_rcnn.annotations.whole_photos import WholePhotoAnnotations
from keras_rcnn.datasets.plain import IGNORED
from keras_rcnn.io.classes_file import CLASSES_FILE
from keras_rcnn.io.labels import IGNORE_LABEL


class LabelmeAnnotations(WholePhotoAnnotations):
    """Writes the folder that `labelme_layout` reads.

        NAME.jpg, NAME.json ...   copies of the photos and their shapes
        classes.txt               names of the classes, for labelme --labels

    Each connected region is a shape: a mask, or a polygon through the centers
    of the pixels along its border, as labelme counts pixels on an outline as
    inside. Polygons are as exact as masks. They have no holes: what lies in
    a hole is a later shape, which covers the region around it. Unknown
    regions have the label `__ignore__`.

    Args:
        folder: to write into.
        class_names: one for each label.
        palette: red, green and blue of each class; labelme has its own.
        polygons: whether to write polygons instead of masks.
    """

    PHOTOS = "."

    def __init__(
        self,
        folder: pathlib.Path,
        class_names: Sequence[str],
        palette: Sequence[Sequence[int]],
        polygons: bool = False,
    ) -> None:
        super().__init__(folder, class_names, palette)
        self._draw = _polygon if polygons else _mask

    def add(self, name: str, photo: str, labels: np.ndarray) -> None:
        """Writes the JSON file of a photo."""
        height, width = labels.shape
        regions = find_regions(labels)
        # A region in the hole of another is smaller than that with its holes.
        regions.sort(key=lambda region: -_filled_area(region))
        content = {
            "version": "5.10.1",
            "flags": {},
            "shapes": [self._shape(region) for region in regions],
            "imagePath": photo,
            "imageData": None,
            "imageHeight": height,
            "imageWidth": width,
        }
        self.write(f"{name}.json", json.dumps(content, ensure_ascii=False))

    def finish(self) -> None:
        """Writes classes.txt, without colors, which labelme cannot read."""
        lines = (f"{name}\n" for name in self.class_names)
        self.write(CLASSES_FILE, "".join(lines))

    def _shape(self, region: Region) -> dict[str, Any]:
        is_known = region.label != IGNORE_LABEL
        label = self.class_names[region.label] if is_known else IGNORED
        return {
            "label": label,
            **self._draw(region),
            "group_id": None,
            "description": "",
            "flags": {},
        }


def _filled_area(region: Region) -> float:
    """Area of a region and its holes, by the shoelace formula."""
    x, y = np.asarray(region.polygon.exterior.coords).T
    return abs(x[:-1] @ y[1:] - x[1:] @ y[:-1]) / 2


def _mask(region: Region) -> dict[str, Any]:
    mask, left, top = region_mask(region.polygon)
    file = io.BytesIO()
    Image.fromarray(mask).save(file, "PNG")
    height, width = mask.shape
    return {
        # The last point is inside.
        "points": [[left, top], [left + width - 1, top + height - 1]],
        "shape_type": "mask",
        "mask": base64.b64encode(file.getvalue()).decode(),
    }


def _polygon(region: Region) -> dict[str, Any]:
    corners = np.asarray(region.polygon.exterior.coords)[:-1]
    x, y = corners.T
    if x @ np.roll(y, -1) < np.roll(x, -1) @ y:
        corners = corners[::-1]
    # The inside lies to the right of each side, seen with y down.
    sides = np.sign(np.roll(corners, -1, axis=0) - corners)
    inward = np.stack([-sides[:, 1], sides[:, 0]], axis=1)
    before = np.roll(inward, 1, axis=0)
    turns = (before * inward).sum(axis=1, keepdims=True) == 0
    centers = corners + np.where(turns, before + inward, inward) / 2 - 0.5
    return {
        "points": centers.astype(int).tolist(),
        "shape_type": "polygon",
        "mask": None,
    }
