"""Folders with COCO's JSON files, of instances or panoptic."""

import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from keras_rcnn.datasets.annotated_photos import (
    AnnotatedPhoto,
    Classes,
    annotated_layout,
)
from keras_rcnn.datasets.coco_instances import Images, read_instances
from keras_rcnn.datasets.coco_panoptic import is_panoptic, read_panoptic
from keras_rcnn.datasets.layout import FolderLayout
from keras_rcnn.datasets.shapes import label_name
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import default_palette
from keras_rcnn.io.json_files import read_json, refusing


def is_coco(content: Any) -> bool:
    """Whether the content of a JSON file is that of a COCO file."""
    keys = {"images", "annotations", "categories"}
    return isinstance(content, dict) and keys <= content.keys()


def coco_layout(
    folder: pathlib.Path, paths: Iterable[pathlib.Path]
) -> FolderLayout:
    """Photos and classes of a folder in COCO's format.

        images/                            photos, or in other folders
        annotations/instances_NAME.json    outlines or run-length codes
        annotations/panoptic_NAME.json     or segments of all pixels,
        annotations/panoptic_NAME/         whose ids are the colors of PNG files

    The classes are the categories, in the order of their ids. Panoptic files
    count alone if there are any. Larger instances are drawn first, so that
    smaller ones cover them. Annotations that have a box only are left out.

    Args:
        folder: the data set.
        paths: JSON files in it.

    Raises:
        InputError: if classes.txt cannot be used, if there is no photo, or if
            the files have different categories.
    """
    files = {}
    problems = []
    for path in paths:
        try:
            content = read_json(path, "the annotation tool")
            if is_coco(content):
                files[path] = content
        except InputError as error:
            problems.append(str(error))
    if panoptic := {p: c for p, c in files.items() if is_panoptic(c)}:
        files = panoptic
    stated: list[AnnotatedPhoto] = []
    classes: dict[pathlib.Path, Classes] = {}
    for path, content in files.items():
        try:
            with refusing(path, "COCO's format"):
                names, classes[path] = _categories(content["categories"])
                read = read_panoptic if panoptic else read_instances
                images = _images(content["images"])
                stated += read(path, content["annotations"], images, names)
        except InputError as error:
            problems.append(str(error))
    problems += _differences(classes)
    return annotated_layout(
        folder,
        stated,
        next(iter(classes.values()), ((), ())),
        problems,
        without=[path.with_suffix("") for path in panoptic],
    )


def _differences(classes: Mapping[pathlib.Path, Classes]) -> list[str]:
    """A problem for each file with other categories than the first one."""
    paths = list(classes)
    return [
        f"{paths[0]} and {path} have different categories: export all photos "
        "together."
        for path in paths[1:]
        if classes[path] != classes[paths[0]]
    ]


def _categories(
    categories: Sequence[dict[str, Any]],
) -> tuple[dict[int, str], Classes]:
    """The name of each id, and the classes in the order of the ids."""
    ordered = sorted(categories, key=lambda each: each["id"])
    names = {each["id"]: label_name(each["name"]) for each in ordered}
    if len(names) < len(ordered):
        raise ValueError("two categories with one id")
    colors = default_palette(len(ordered))
    palette = [
        tuple(bytes(list(each.get("color") or color)))
        for each, color in zip(ordered, colors, strict=True)
    ]
    if not all(len(color) == 3 for color in palette):
        raise ValueError("a color that is not red, green and blue")
    return names, (tuple(names.values()), tuple(palette))  # type: ignore[arg-type]


def _images(images: Iterable[dict[str, Any]]) -> Images:
    """Path and size of each photo by its id."""
    return {
        image["id"]: (
            pathlib.PurePath(
                pathlib.PureWindowsPath(image["file_name"]).as_posix()
            ),
            (int(image["height"]), int(image["width"])),
        )
        for image in images
    }
