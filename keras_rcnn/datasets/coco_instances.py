"""Instances in COCO's JSON files."""

import functools
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keras_rcnn.datasets.annotated_photos import AnnotatedPhoto
from keras_rcnn.datasets.coco_rle import decode_coco_rle
from keras_rcnn.datasets.shapes import (
    Shape,
    draw_shapes,
    mask_shape,
    outline,
    outlines_shape,
    print_left_out,
)

Images = Mapping[Any, tuple[pathlib.PurePath, tuple[int, int]]]


def read_instances(
    path: pathlib.Path,
    annotations: Iterable[dict[str, Any]],
    images: Images,
    names: Mapping[int, str],
) -> Iterator[AnnotatedPhoto]:
    """The photos that have instances with an outline.

    Args:
        path: file of the annotations.
        annotations: its instances.
        images: path and size of each photo by its id.
        names: name of each category by its id.
    """
    shapes: dict[Any, list[tuple[float, Shape]]] = {}
    left_out = 0
    for each in annotations:
        segmentation = each.get("segmentation")
        if not segmentation:
            left_out += 1
            continue
        name = names[each["category_id"]]
        if isinstance(segmentation, dict):
            if list(images[each["image_id"]][1]) != segmentation["size"]:
                raise ValueError("a mask of another size than its photo")
            decode = functools.partial(decode_coco_rle, segmentation["counts"])
            shape = mask_shape(name, decode)
        else:
            shape = outlines_shape(name, [outline(p) for p in segmentation])
        area = float(each.get("area") or 0)
        shapes.setdefault(each["image_id"], []).append((area, shape))
    print_left_out(path, "annotations without outline", left_out)
    for number, (photo, size) in images.items():
        # Photos without any annotation may not have been looked at.
        if number in shapes:
            ordered = sorted(shapes[number], key=lambda pair: -pair[0])
            drawn = [shape for _, shape in ordered]
            yield AnnotatedPhoto(
                path,
                photo,
                size,
                frozenset(shape.label for shape in drawn),
                functools.partial(draw_shapes, drawn),
            )
