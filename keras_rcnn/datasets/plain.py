"""The plain layout of a folder: images/, masks/ and classes.txt."""

import pathlib
from collections.abc import Sequence
from typing import Any

from keras_rcnn.datasets.layout import (
    FolderLayout,
    LabeledPhoto,
    find_files,
    is_photo,
)
from keras_rcnn.datasets.map_tiles import MapTiles, are_maps
from keras_rcnn.datasets.mask_values import MaskValues, Values, split_values
from keras_rcnn.datasets.masks import read_mask, refuse_binary_masks
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.io.map_raster import MAP_SUFFIXES
from keras_rcnn.io.text_files import read_text

# The name that labelme gives to pixels of unknown class.
IGNORED = "__ignore__"
_MASK_SUFFIXES = {".png", *MAP_SUFFIXES}


def plain_layout(
    folder: pathlib.Path,
    ignore_label: Sequence[int] = (),
    bands: Sequence[int] = (),
    value_range: Sequence[float] = (),
) -> FolderLayout:
    """Photos and classes of a folder in the plain layout.

        images/       photos: JPEG, PNG, TIFF, WebP, ...
        masks/        for each photo a PNG file of the same name and size, with
                      a single channel or a palette; each value is a class
                      index, or 255 for unknown
        classes.txt   one name a line, class 0 first, each optionally followed
                      by its color, as in `sky #87ceeb`

    If the masks have other values, all lines of classes.txt name those of
    their class, as in `road = 7 #804080` or `car = 26, 27`. Labels are the
    numbers of the lines all the same.

    If masks are TIFF files, or bands or a range are given, the photos are maps
    (GeoTIFF), which are read with the extra `maps`.

    Args:
        folder: in this layout.
        ignore_label: values of pixels of unknown class besides 255.
        bands: see `load_dataset`.
        value_range: see `load_dataset`.

    Raises:
        InputError: if classes.txt cannot be used, if a folder is missing, if
            there is no photo, or if a class has a value to ignore.
    """
    class_names, palette, values = _read_lines(folder / CLASSES_FILE)
    mask_values = MaskValues(len(class_names), values, ignore_label)
    images, problems = find_files(folder / "images", is_photo)
    masks, more_problems = find_files(
        folder / "masks", lambda path: path.suffix.lower() in _MASK_SUFFIXES
    )
    problems += more_problems
    problems += [
        f"{path} has no mask: put {folder / 'masks' / name}.png there or "
        "remove the photo."
        for name, path in images.items()
        if name not in masks
    ]
    problems += [
        f"{path} has no photo: put one of the same name into "
        f"{folder / 'images'} or remove the mask."
        for name, path in masks.items()
        if name not in images
    ]
    if IGNORED in class_names:
        problems.append(
            f"{folder / CLASSES_FILE} lists {IGNORED} after other classes, so "
            "the numbers of the others are in doubt: make it the first line, "
            "as labelme does, or remove it."
        )
    if not images:
        raise InputError(
            f"{folder} holds no photo: put photos into images/ and their "
            "masks, under the same names, into masks/."
        )
    readers: dict[str, Any] = {
        "read_mask": lambda photo: read_mask(photo.mask, mask_values)
    }
    if are_maps(masks.values(), bands, value_range):
        tiles = MapTiles(mask_values, bands, value_range)
        readers = {
            "read_mask": tiles.read_labels,
            "read_photo": tiles.read_map,
            "are_maps": True,
        }
    return FolderLayout(
        class_names=class_names,
        palette=palette,
        photos=[
            LabeledPhoto(name, path, masks[name])
            for name, path in images.items()
            if name in masks
        ],
        test_names=None,
        **readers,
        check_values=(lambda counts: None) if values else refuse_binary_masks,
        label_of_value=tuple(mask_values.labels.tolist()),
        counts_from_0=values is None,
        problems=tuple(problems),
    )


def read_class_list(
    path: pathlib.Path,
) -> tuple[tuple[str, ...], tuple[tuple[int, int, int], ...]]:
    """Names and colors of the classes in a file.

    A first line `__ignore__`, as in labelme's lists, is not a class.

    Raises:
        InputError: if it is missing, is not UTF-8, or has a color or value
            that is not one.
    """
    names, palette, _ = _read_lines(path)
    return names, palette


def _read_lines(
    path: pathlib.Path,
) -> tuple[tuple[str, ...], tuple[tuple[int, int, int], ...], Values | None]:
    """Names, colors and values in masks of the classes in a file."""
    if not path.is_file():
        raise InputError(
            f"{path} is missing: write the class names into it, one a line, "
            "class 0 first (or use the Pascal VOC layout with labelmap.txt, or "
            "labelme's JSON files)."
        )
    try:
        lines, palette = read_classes(read_text(path))
        names, values = split_values(lines)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error
    # labelme numbers the classes from -1, the line `__ignore__`.
    first = names[:1] == (IGNORED,)
    return names[first:], palette[first:], values and values[first:]
