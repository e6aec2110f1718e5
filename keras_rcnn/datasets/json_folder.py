"""Folders with JSON files, whose content says which tool wrote them."""

import pathlib
from collections.abc import Sequence

from keras_rcnn.datasets.coco import coco_layout, is_coco
from keras_rcnn.datasets.label_studio import (
    is_label_studio,
    label_studio_layout,
)
from keras_rcnn.datasets.labelme import labelme_layout
from keras_rcnn.datasets.layout import FolderLayout
from keras_rcnn.errors import InputError
from keras_rcnn.io.json_files import read_json


def json_layout(
    folder: pathlib.Path, paths: Sequence[pathlib.Path]
) -> FolderLayout:
    """The layout of the first file whose format is known, or else labelme's.

    Args:
        folder: the data set.
        paths: the JSON files in and below it.

    Raises:
        InputError: if the files cannot be used.
    """
    for path in paths:
        try:
            content = read_json(path, "the annotation tool")
        except InputError:
            continue
        if is_coco(content):
            return coco_layout(folder, paths)
        if is_label_studio(content):
            return label_studio_layout(folder, paths)
        if isinstance(content, dict) and "shapes" in content:
            break
    return labelme_layout(folder)
