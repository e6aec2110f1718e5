"""Label maps in the format of YOLO segmentation."""

import json

import numpy as np

from keras_rcnn.annotations.regions import find_regions, without_holes
from keras_rcnn.annotations.whole_photos import WholePhotoAnnotations
from keras_rcnn.io.labels import IGNORE_LABEL


class YoloAnnotations(WholePhotoAnnotations):
    """Writes the folder that `yolo_layout` and Ultralytics read.

        images/       copies of the photos
        labels/       for each photo a text file with a line for each outline:
                      the class, then x and y of each corner in fractions of
                      width and height
        data.yaml     names of the classes
        classes.txt   names and colors of the classes

    A connected region with holes becomes several outlines without.
    """

    def add(self, name: str, photo: str, labels: np.ndarray) -> None:
        """Writes the text file of a photo."""
        size = labels.shape[::-1]
        lines = [
            f"{region.label} {' '.join(f'{v:.7g}' for v in (ring / size).flat)}"
            for region in find_regions(labels)
            if region.label != IGNORE_LABEL
            for ring in without_holes(region.polygon)
        ]
        self.write(f"labels/{name}.txt", "".join(f"{line}\n" for line in lines))

    def finish(self) -> None:
        """Writes data.yaml and classes.txt."""
        super().finish()
        # Texts in JSON are texts in YAML.
        names = "".join(
            f"  {number}: {json.dumps(name, ensure_ascii=False)}\n"
            for number, name in enumerate(self.class_names)
        )
        # Without `path`, they lie beside this file.
        text = f"train: images\nval: images\nnames:\n{names}"
        self.write("data.yaml", text)
