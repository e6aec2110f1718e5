"""Folders in the format of YOLO segmentation."""

import functools
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_rcnn.datasets.annotated_photos import (
    AnnotatedPhoto,
    annotated_layout,
)
from keras_rcnn.datasets.layout import FolderLayout, visible_files
from keras_rcnn.datasets.plain import read_class_list
from keras_rcnn.datasets.shapes import (
    Shape,
    draw_shapes,
    label_name,
    outline,
    relative_shape,
)
from keras_rcnn.errors import InputError, import_extra
from keras_rcnn.io.classes_file import CLASSES_FILE, default_palette
from keras_rcnn.io.json_files import refusing
from keras_rcnn.io.text_files import read_text

_NAMES_FILES = ("data.yaml", "data.yml", "dataset.yaml")
_LABELS = "labels"
_MAX_BYTES = 2**26
# Of rounding, in fractions of the photo.
_MARGIN = 0.01


def is_yolo(folder: pathlib.Path) -> bool:
    """Whether there is a file of YOLO, or a folder of labels as text."""
    return any((folder / name).is_file() for name in _NAMES_FILES) or any(
        (folder / _LABELS).rglob("*.txt")
    )


def yolo_layout(folder: pathlib.Path) -> FolderLayout:
    """Photos and classes of a folder in the format of YOLO segmentation.

        data.yaml              `names`: those of the classes, 0 first
        images/a.jpg           photos, or in folders such as images/train/
        labels/a.txt           a line `class x y x y x y ...` for each outline,
                               in fractions of width and height of the photo

    There may be classes.txt instead of data.yaml. Larger outlines are drawn
    first, so that smaller ones cover them. Photos without a file of labels
    are left out.

    Raises:
        InputError: if data.yaml or classes.txt cannot be used, or if there is
            no file of labels.
    """
    names = _names(folder)
    stated, problems = [], []
    paths = [
        path
        for path in visible_files(folder)[0]
        if path.suffix.lower() == ".txt"
        and _LABELS in path.relative_to(folder).parts[:-1]
    ]
    if not paths:
        raise InputError(
            f"{folder / _LABELS} holds no text file: put those of YOLO there."
        )
    for path in paths:
        try:
            stated.append(_read(path, names))
        except InputError as error:
            problems.append(str(error))
    classes = names, default_palette(len(names))
    return annotated_layout(folder, stated, classes, problems)


def _names(folder: pathlib.Path) -> tuple[str, ...]:
    for name in _NAMES_FILES:
        if (path := folder / name).is_file():
            with refusing(path, "YOLO"):
                names = _read_yaml(path)["names"]
                if isinstance(names, dict):
                    names = [names[number] for number in range(len(names))]
                return tuple(map(label_name, names))
    return read_class_list(folder / CLASSES_FILE)[0]


def _read_yaml(path: pathlib.Path) -> dict[str, Any]:
    yaml = import_extra("yaml", "data.yaml", "annotations")
    try:
        content = yaml.safe_load(read_text(path))
    except (yaml.YAMLError, RecursionError) as error:
        what = " ".join(str(error).split())
        raise ValueError(what) from error
    if not isinstance(content, dict):
        raise ValueError("no names")
    return content


def _read(path: pathlib.Path, names: tuple[str, ...]) -> AnnotatedPhoto:
    if path.stat().st_size > _MAX_BYTES:
        raise InputError(f"{path} has more than {_MAX_BYTES} bytes: split it.")
    with refusing(path, "YOLO"):
        shapes = sorted(_shapes(read_text(path), names), key=lambda s: -s[0])
    drawn = [shape for _, shape in shapes]
    return AnnotatedPhoto(
        path,
        _photo(path),
        None,
        frozenset(shape.label for shape in drawn),
        functools.partial(draw_shapes, drawn),
        is_listed=False,
    )


def _photo(path: pathlib.Path) -> pathlib.PurePath:
    """Path of the photo without suffix: YOLO replaces the last `labels`."""
    parts = list(path.with_suffix("").parts)
    last = len(parts) - 1 - parts[::-1].index(_LABELS)
    return pathlib.PurePath(*parts[:last], "images", *parts[last + 1 :])


def _shapes(text: str, names: tuple[str, ...]) -> Iterator[tuple[float, Shape]]:
    """Area and shape of each line."""
    for line in filter(str.strip, text.splitlines()):
        number, *places = line.split()
        if len(places) == 4:
            raise ValueError("boxes instead of outlines")
        corners = outline(np.array(places, float))
        if not ((corners > -_MARGIN) & (corners < 1 + _MARGIN)).all():
            raise ValueError("a point that is no fraction of the photo")
        if not 0 <= (label := int(number)) < len(names):
            raise ValueError(f"the class {label}, of {len(names)} classes")
        x, y = corners.T
        area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
        yield area, relative_shape(names[label], corners)
