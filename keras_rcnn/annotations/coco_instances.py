"""Label maps in COCO's format of instances."""

import json
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.annotations.regions import (
    Region,
    find_regions,
    region_code,
    without_holes,
)
from keras_rcnn.annotations.whole_photos import WholePhotoAnnotations
from keras_rcnn.io.labels import IGNORE_LABEL


class CocoInstances(WholePhotoAnnotations):
    """Writes a folder in COCO's format of instances.

        images/                              copies of the photos
        annotations/instances_default.json   photos, classes and regions

    Each connected region is an instance: a compressed run-length code, or
    polygons along the sides of its pixels. A region with holes has several
    polygons, because these have none. The category of class 0 has the id 1,
    and so on.

    Args:
        folder: to write into.
        class_names: one for each label.
        palette: red, green and blue of each class.
        polygons: whether to write polygons instead of codes.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        class_names: Sequence[str],
        palette: Sequence[Sequence[int]],
        polygons: bool = False,
    ) -> None:
        super().__init__(folder, class_names, palette)
        self._polygons = polygons
        self._photos: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]
        self._photos = {}

    def add(self, name: str, photo: str, labels: np.ndarray) -> None:
        """Keeps the regions of a photo."""
        height, width = labels.shape
        image = {"file_name": photo, "height": height, "width": width}
        found = [
            self._instance(region, height, width)
            for region in find_regions(labels)
            if region.label != IGNORE_LABEL
        ]
        self._photos[name] = image, found

    def finish(self) -> None:
        """Writes the JSON file."""
        images: list[dict[str, Any]] = []
        instances: list[dict[str, Any]] = []
        for number, name in enumerate(sorted(self._photos), start=1):
            image, found = self._photos[name]
            images.append({"id": number} | image)
            for each in found:
                ids = {"id": len(instances) + 1, "image_id": number}
                instances.append(ids | each)
        content = {
            "images": images,
            "annotations": instances,
            "categories": [
                {"id": number, "name": name, "color": list(map(int, color))}
                for number, (name, color) in enumerate(
                    zip(self.class_names, self.palette, strict=True), start=1
                )
            ],
        }
        text = json.dumps(content, ensure_ascii=False)
        self.write("annotations/instances_default.json", text)

    def _instance(
        self, region: Region, height: int, width: int
    ) -> dict[str, Any]:
        left, top, right, bottom = map(int, region.polygon.bounds)
        code: Any
        if self._polygons:
            rings = without_holes(region.polygon)
            code = [ring.ravel().tolist() for ring in rings]
        else:
            code = region_code(region.polygon, height, width)
            code["counts"] = code["counts"].decode()
        return {
            "category_id": region.label + 1,
            "segmentation": code,
            "area": int(region.polygon.area),
            "bbox": [left, top, right - left, bottom - top],
            "iscrowd": 0,
        }
