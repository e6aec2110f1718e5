"""Reads Stanford Background from the archive of its authors."""

import pathlib
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds

from keras_rcnn.datasets.scene_builder import SceneBuilder, photos
from keras_rcnn.datasets.source_files import read_source
from keras_rcnn.errors import InputError

_IMAGES = "images"
_LABELS = "labels/{name}.regions.txt"


class Builder(SceneBuilder):
    """Stanford Background, with all photos in one split, `train`.

    `keras_rcnn.datasets.folds` of the names gives the folds of
    cross-validation. Surfaces and layers in the archive are not used.
    """

    MANUAL_DOWNLOAD_INSTRUCTIONS = """\
    Put `iccv09Data.tar.gz`, as its authors distribute it, into the manual
    folder, or unpack it there to a folder `iccv09Data`. It is linked from
    http://dags.stanford.edu/projects/scenedataset.html
    """
    ARCHIVE = "iccv09Data.tar.gz"
    HOMEPAGE = "http://dags.stanford.edu/projects/scenedataset.html"
    CLASSES: ClassVar = {
        "sky": (135, 206, 235),
        "tree": (20, 90, 40),
        "road": (128, 110, 140),
        "grass": (124, 200, 60),
        "water": (30, 90, 200),
        "building": (178, 60, 50),
        "mountain": (150, 120, 70),
        "foreground object": (250, 200, 40),
    }

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Any]:
        return {"train": self._generate_examples(self._manual_dir(dl_manager))}

    def _generate_examples(
        self, manual_dir: pathlib.Path
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        files = read_source(
            manual_dir,
            self.ARCHIVE,
            lambda path: path.endswith((".jpg", ".regions.txt")),
        )
        for name, path in photos(files, _IMAGES):
            label_path = _LABELS.format(name=name)
            if label_path not in files:
                raise InputError(
                    f"{path} has no labels: put {label_path} beside it or "
                    "remove the photo."
                )
            label = _parse(label_path, files[label_path])
            yield self._example(name, path, files[path], label)


def _parse(path: str, text: bytes) -> np.ndarray:
    """The integers in a label file, which has a line for each row."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    if not rows:
        raise InputError(f"{path} is empty: get it again.")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise InputError(
                f"Row {number} of {path} has {len(row)} labels and the first "
                f"has {len(rows[0])}: the file is cut short or garbled, get "
                "it again."
            )
    try:
        return np.array(rows).astype(np.int64)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{path} holds something that is not an integer ({error}): get "
            "it again."
        ) from error
