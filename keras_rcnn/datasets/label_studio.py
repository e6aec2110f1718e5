"""Folders with JSON files of Label Studio."""

import functools
import math
import pathlib
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from keras_rcnn.datasets.annotated_photos import (
    AnnotatedPhoto,
    annotated_layout,
    used_classes,
)
from keras_rcnn.datasets.layout import FolderLayout
from keras_rcnn.datasets.shapes import (
    Shape,
    draw_shapes,
    mask_shape,
    outline,
    print_left_out,
    relative_shape,
)
from keras_rcnn.errors import InputError
from keras_rcnn.io.brush_rle import decode_brush
from keras_rcnn.io.json_files import read_json, refusing

# Label Studio puts these digits before the names of uploaded photos.
_UPLOAD = re.compile(r"^[0-9a-f]{8}-(?=.)")


def is_label_studio(content: Any) -> bool:
    """Whether the content of a JSON file is a list of tasks."""
    return isinstance(content, list) and any(
        isinstance(task, dict)
        and isinstance(task.get("data"), dict)
        and ("annotations" in task or "predictions" in task)
        for task in content
    )


def label_studio_layout(
    folder: pathlib.Path, paths: Iterable[pathlib.Path]
) -> FolderLayout:
    """Photos and classes of a folder with JSON exports of Label Studio.

        images/         photos, or in other folders
        NAME.json       tasks, from Export, JSON
        classes.txt     optional, as in a labelme folder

    Brushes, polygons and rectangles are read; later ones cover earlier ones.
    The last annotation of a task that was not skipped counts. Predictions
    count only in a file without annotations. Without classes.txt, the classes
    are the labels in alphabetical order.

    Args:
        folder: the data set.
        paths: JSON files in it.

    Raises:
        InputError: if classes.txt cannot be used or if there is no photo.
    """
    stated: list[AnnotatedPhoto] = []
    problems = []
    for path in paths:
        try:
            content = read_json(path, "Label Studio")
            if is_label_studio(content):
                with refusing(path, "Label Studio"):
                    stated += _tasks(path, content)
        except InputError as error:
            problems.append(str(error))
    return annotated_layout(folder, stated, used_classes(stated), problems)


def _tasks(
    path: pathlib.Path, tasks: list[dict[str, Any]]
) -> Iterator[AnnotatedPhoto]:
    is_annotated = any(task.get("annotations") for task in tasks)
    kind = "annotations" if is_annotated else "predictions"
    left_out = 0
    for task in tasks:
        versions = [
            each
            for each in task.get(kind) or ()
            if not each.get("was_cancelled")
        ]
        if not versions:
            continue
        results = [
            each
            for each in versions[-1]["result"]
            if str(each.get("type")).endswith("labels")
        ]
        shapes = [shape for shape in map(_shape, results) if shape]
        left_out += len(results) - len(shapes)
        sizes = {
            (int(each["original_height"]), int(each["original_width"]))
            for each in results
            if "original_height" in each
        }
        if len(sizes) > 1:
            raise ValueError("a photo of two sizes")
        yield AnnotatedPhoto(
            path,
            _photo(task["data"]),
            next(iter(sizes), None),
            frozenset(shape.label for shape in shapes),
            functools.partial(draw_shapes, shapes),
        )
    print_left_out(path, "regions of other kinds", left_out)


def _photo(data: dict[str, Any]) -> pathlib.PurePath:
    """Path of the photo: of the field `image`, or else of the first text."""
    texts = [data.get("image"), *data.values()]
    text = next((each for each in texts if isinstance(each, str)), None)
    if text is None:
        raise ValueError("a task without a photo")
    address = urllib.parse.urlsplit(text)
    local = urllib.parse.parse_qs(address.query).get("d")
    path = local[0] if local else urllib.parse.unquote(address.path)
    photo = pathlib.PurePath(pathlib.PureWindowsPath(path).as_posix())
    if local or not photo.name:
        return photo
    return photo.with_name(_UPLOAD.sub("", photo.name))


def _shape(result: dict[str, Any]) -> Shape | None:
    """The shape of a result; None for results that are no areas."""
    value, kind = result["value"], result["type"]
    names = value.get(kind)
    if kind not in ("brushlabels", "polygonlabels", "rectanglelabels"):
        return None
    if not names:
        raise ValueError("a region without a label")
    if result.get("image_rotation"):
        raise ValueError("a photo that was turned in Label Studio")
    if kind == "brushlabels":
        return mask_shape(
            names[0], functools.partial(decode_brush, value["rle"])
        )
    points = value["points"] if kind == "polygonlabels" else _corners(result)
    return relative_shape(names[0], outline(points, (0.01, 0.01)))


def _corners(result: dict[str, Any]) -> np.ndarray:
    """Corners of a rectangle, which may be turned about its first one."""
    value = result["value"]
    sides = np.array([value["width"], value["height"]], float)
    size = np.array([result["original_width"], result["original_height"]])
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * sides * size
    turn = math.radians(value.get("rotation") or 0)
    cosine, sine = math.cos(turn), math.sin(turn)
    turned = corners @ np.array([[cosine, sine], [-sine, cosine]])
    return turned / size + (float(value["x"]), float(value["y"]))
