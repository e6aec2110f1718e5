"""Label maps in COCO's panoptic format."""

import contextlib
import json
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.annotations.photo_copy import copy_name
from keras_rcnn.annotations.segments import Segments
from keras_rcnn.io.files import copy_file, make_folder, write_file
from keras_rcnn.io.png_stream import Append, open_png

_NAME = "panoptic_default"


class CocoAnnotations:
    """Writes a folder in COCO's panoptic format.

        images/                             copies of the photos
        annotations/panoptic_default.json   photos, classes, and the area and
                                            box of each class on each photo
        annotations/panoptic_default/       PNG files; the id of a segment is
                                            red + 256 green + 65,536 blue

    All classes are `stuff`: all pixels of a class on a photo are one segment.
    Category and segment of class 0 have the id 1, and so on. Unknown pixels
    are 0.

    Args:
        folder: to write into.
        class_names: one for each label.
        palette: red, green and blue of each class.

    Raises:
        InputError: from every method, if a file cannot be written.

    Reference:
        Kirillov et al., Panoptic Segmentation, CVPR 2019, and the format of
        the data set at cocodataset.org.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        class_names: Sequence[str],
        palette: Sequence[Sequence[int]],
    ) -> None:
        self.folder = folder
        self._categories = [
            {
                "id": number,
                "name": name,
                "color": [int(channel) for channel in color],
                "isthing": 0,
            }
            for number, (name, color) in enumerate(
                zip(class_names, palette, strict=True), start=1
            )
        ]
        self._photos: dict[str, dict[str, Any]] = {}

    def copy_of(self, photo: pathlib.Path, name: str) -> pathlib.Path:
        """Path of the copy of a photo."""
        return self.folder / "images" / copy_name(photo, name)

    @contextlib.contextmanager
    def photo(
        self, photo: pathlib.Path, name: str, height: int, width: int
    ) -> Iterator[Append]:
        """Adds a photo at the end of the block, as `VocAnnotations.photo`."""
        pictures = make_folder(self.folder / "annotations" / _NAME)
        segments = Segments(width)
        with open_png(
            pictures / f"{name}.png", height, width, in_color=True
        ) as append:

            def append_labels(labels: np.ndarray) -> None:
                segments.append(labels)
                ids = np.zeros((*labels.shape, 3), np.uint8)
                # IGNORE_LABEL, 255, becomes 0.
                ids[..., 0] = labels + np.uint8(1)
                append(ids)

            yield append_labels
        copy = self.copy_of(photo, name)
        make_folder(copy.parent)
        copy_file(photo, copy)
        self._photos[name] = {
            "file_name": copy.name,
            "height": height,
            "width": width,
            "segments_info": [
                {
                    "id": label + 1,
                    "category_id": label + 1,
                    "area": area,
                    "bbox": box,
                    "iscrowd": 0,
                }
                for label, area, box in segments
            ],
        }

    def finish(self) -> None:
        """Writes the JSON file."""
        images, annotations = [], []
        for number, name in enumerate(sorted(self._photos), start=1):
            image = self._photos[name].copy()
            segments = image.pop("segments_info")
            images.append({"id": number} | image)
            annotations.append(
                {
                    "image_id": number,
                    "file_name": f"{name}.png",
                    "segments_info": segments,
                }
            )
        content = {
            "images": images,
            "annotations": annotations,
            "categories": self._categories,
        }
        folder = make_folder(self.folder / "annotations")
        text = json.dumps(content, indent=1, ensure_ascii=False)
        write_file(folder / f"{_NAME}.json", text.encode())
