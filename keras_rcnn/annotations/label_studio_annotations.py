"""Label maps as brush predictions for Label Studio."""

import json
import pathlib
import urllib.parse
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

from keras_rcnn.annotations.whole_photos import WholePhotoAnnotations
from keras_rcnn.io.brush_rle import encode_brush


class LabelStudioAnnotations(WholePhotoAnnotations):
    """Writes tasks with predictions, which Label Studio imports.

        images/       copies of the photos, for a storage of local files
        tasks.json    a task for each photo: a brush region for each class
        labels.xml    the labeling interface
        classes.txt   names and colors of the classes

    Photos are named `/data/local-files/?d=FOLDER/images/...`, where FOLDER is
    the name of the folder; its parent is the document root of Label Studio.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        class_names: Sequence[str],
        palette: Sequence[Sequence[int]],
    ) -> None:
        super().__init__(folder, class_names, palette)
        self._tasks: dict[str, dict[str, Any]] = {}

    def add(self, name: str, photo: str, labels: np.ndarray) -> None:
        """Keeps the task of a photo."""
        height, width = labels.shape
        results = [
            {
                "id": f"class{label}",
                "from_name": "label",
                "to_name": "image",
                "type": "brushlabels",
                "original_width": width,
                "original_height": height,
                "image_rotation": 0,
                "value": {
                    "format": "rle",
                    "rle": encode_brush(labels == label),
                    "brushlabels": [class_name],
                },
            }
            for label, class_name in enumerate(self.class_names)
            if (labels == label).any()
        ]
        place = urllib.parse.quote(f"{self.folder.name}/{self.PHOTOS}/{photo}")
        self._tasks[name] = {
            "data": {"image": f"/data/local-files/?d={place}"},
            "predictions": [{"model_version": "keras_rcnn", "result": results}],
        }

    def finish(self) -> None:
        """Writes the tasks, the labeling interface and classes.txt."""
        super().finish()
        tasks = [self._tasks[name] for name in sorted(self._tasks)]
        self.write("tasks.json", json.dumps(tasks, ensure_ascii=False))
        labels = "".join(
            f"    <Label value={quoteattr(name)} "
            f'background="#{bytes(color).hex()}"/>\n'
            for name, color in zip(self.class_names, self.palette, strict=True)
        )
        self.write(
            "labels.xml",
            '<View>\n  <Image name="image" value="$image" zoom="true"/>\n'
            f'  <BrushLabels name="label" toName="image">\n{labels}'
            "  </BrushLabels>\n</View>\n",
        )
