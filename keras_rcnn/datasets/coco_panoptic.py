"""Segments in COCO's panoptic files."""

import functools
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from keras_rcnn.datasets.annotated_photos import AnnotatedPhoto
from keras_rcnn.datasets.coco_instances import Images
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.pictures import open_picture


def is_panoptic(content: dict[str, Any]) -> bool:
    """Whether the annotations of a COCO file have segments."""
    found = content["annotations"]
    return isinstance(found, list) and any(
        isinstance(each, dict) and "segments_info" in each for each in found
    )


def read_panoptic(
    path: pathlib.Path,
    annotations: Iterable[dict[str, Any]],
    images: Images,
    names: Mapping[int, str],
) -> Iterator[AnnotatedPhoto]:
    """The photos that have segments; arguments as of `read_instances`."""
    for each in annotations:
        segments = {
            int(segment["id"]): names[segment["category_id"]]
            for segment in each["segments_info"]
        }
        file = pathlib.PureWindowsPath(each["file_name"]).name
        yield AnnotatedPhoto(
            path,
            *images[each["image_id"]],
            frozenset(segments.values()),
            functools.partial(_draw, path.with_suffix("") / file, segments),
        )


def _draw(
    path: pathlib.Path,
    segments: Mapping[int, str],
    size: tuple[int, int],
    label_of: Mapping[str, int],
    elsewhere: int,
) -> np.ndarray:
    with open_picture(path, formats=("PNG",)) as picture:
        if picture.size != size[::-1]:
            raise ValueError(f"{path} has another size")
        colors = np.asarray(picture.convert("RGB")).astype(np.int32)
    ids, inverse = np.unique(
        colors @ np.array([1, 256, 65_536], np.int32), return_inverse=True
    )
    names = [segments.get(number) for number in ids.tolist()]
    labels = np.array(
        [
            elsewhere if name is None else label_of.get(name, IGNORE_LABEL)
            for name in names
        ],
        np.uint8,
    )
    return labels[inverse].reshape(size)
