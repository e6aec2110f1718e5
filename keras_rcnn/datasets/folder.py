"""Labeled photos in a folder of the user's own."""

import dataclasses
import hashlib
import pathlib
import sys
from collections.abc import Sequence

import numpy as np
import tqdm

from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.json_folder import json_layout
from keras_rcnn.datasets.labelme import is_json
from keras_rcnn.datasets.layout import (
    FolderLayout,
    LabeledPhoto,
    refuse_other_size,
    skipped_photos,
    visible_files,
)
from keras_rcnn.datasets.mask_values import listed
from keras_rcnn.datasets.photo_groups import group_photos
from keras_rcnn.datasets.plain import plain_layout
from keras_rcnn.datasets.scene_dataset import PhotoFile, SceneDataset
from keras_rcnn.datasets.splits import chosen_names
from keras_rcnn.datasets.voc import voc_layout
from keras_rcnn.datasets.yolo import is_yolo, yolo_layout
from keras_rcnn.errors import InputError, printable
from keras_rcnn.io.images import resize_labels, scale_down
from keras_rcnn.io.labels import IGNORE_LABEL

MAX_CLASSES = 255
# Never change these: photos that were trained on would become test photos.
_TEST_FRACTION, _TEST_SALT = 0.2, "test 3071"


def load_folder(
    folder: str | pathlib.Path,
    split: str = "train",
    longest_side: int | None = None,
    ignore_label: Sequence[int] = (),
    group_by: str | None = None,
    bands: Sequence[int] = (),
    value_range: Sequence[float] = (),
    max_photos: int | None = None,
) -> SceneDataset:
    """Reads the labeled photos of a folder into memory.

    There are six layouts: `plain_layout` (`images/`, `masks/` and
    `classes.txt`), `voc_layout` (Pascal VOC, as annotation tools export it),
    `labelme_layout` (JSON files beside the photos), `coco_layout` (instances
    or panoptic), `label_studio_layout` (JSON) and `yolo_layout` (outlines). If
    the folder does not say which photos are the `test` split, about a fifth of
    them is. The name of a photo decides, so photos that are added later do not
    change the split.

    Args:
        folder: in one of the layouts.
        split: `train`, `test` or `all`.
        longest_side: maximum side in pixels. Larger photos and their masks are
            scaled down to it. Each pixel takes four bytes of memory.
        ignore_label: see `load_dataset`.
        group_by: see `load_dataset`.
        bands: see `load_dataset`.
        value_range: see `load_dataset`.
        max_photos: number of photos to read, evenly spread; None for all.

    Raises:
        InputError: if a file cannot be used, with its name and how to fix it.
    """
    folder = pathlib.Path(folder).expanduser()
    layout = folder_layout(folder, ignore_label, group_by, bands, value_range)
    if layout.problems:
        raise InputError(layout.problems[0])
    for note in layout.notes:
        print(f"note: {printable(note)}", file=sys.stderr)
    photos = spread(photos_of_split(layout, split), max_photos)
    is_trained_on = split != "test" and max_photos is None
    return _read(folder, layout, photos, longest_side, is_trained_on)


def folder_layout(
    folder: pathlib.Path,
    ignore_label: Sequence[int] = (),
    group_by: str | None = None,
    bands: Sequence[int] = (),
    value_range: Sequence[float] = (),
) -> FolderLayout:
    """Classes and files of a folder in any layout.

    Pictures are read only to find near-duplicates.

    Args:
        folder: in one of the layouts.
        ignore_label: see `load_dataset`.
        group_by: see `load_dataset`.
        bands: see `load_dataset`.
        value_range: see `load_dataset`.

    Raises:
        InputError: if there is no such folder, or if it does not say which
            classes and photos it has.
    """
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}: name one that exists.")
    layout = _recognized_layout(folder, ignore_label, bands, value_range)
    if (bands or value_range) and not layout.are_maps:
        raise InputError(
            f"{folder} has no masks of values beside its photos, which bands= "
            "and value_range= are for: leave them out, or write such masks."
        )
    if ignore_label and layout.label_of_value is None:
        raise InputError(
            f"{folder} has no masks of values, which "
            f"ignore_label={listed(ignore_label)} is for: leave it out, or "
            "name the class __ignore__."
        )
    if group_by:
        layout = group_photos(layout, group_by)
    return dataclasses.replace(
        layout,
        problems=(*layout.problems, *_problems_of_classes(folder, layout)),
        notes=(*layout.notes, *skipped_photos(folder)),
    )


def _recognized_layout(
    folder: pathlib.Path,
    ignore_label: Sequence[int],
    bands: Sequence[int],
    value_range: Sequence[float],
) -> FolderLayout:
    if any((folder / name).exists() for name in ("JPEGImages", "labelmap.txt")):
        return voc_layout(folder)
    if not (folder / "masks").exists():
        if is_yolo(folder):
            return yolo_layout(folder)
        paths = visible_files(folder)[0]
        if json_files := list(filter(is_json, paths)):
            return json_layout(folder, json_files)
        if any(path.suffix.lower() == ".geojson" for path in paths):
            raise InputError(
                f"{folder} holds labels in GeoJSON, which is not read: export "
                "them as Pascal VOC, COCO, labelme, Label Studio or YOLO, or "
                "as PNG masks."
            )
    return plain_layout(folder, ignore_label, bands, value_range)


def photos_of_split(layout: FolderLayout, split: str) -> list[LabeledPhoto]:
    """The photos of a split.

    Args:
        layout: with at least one photo.
        split: `train`, `test` or `all`.

    Raises:
        InputError: if there is only one photo to split.
    """
    photos = layout.photos
    if split == "all":
        return photos
    if len(photos) < 2:
        raise InputError(
            f"{photos[0].image} is the only labeled photo: at least two are "
            "needed, one to train and one to test."
        )
    if layout.test_names is None:
        names = {photo.split_by for photo in photos}
        chosen = chosen_names(names, _TEST_FRACTION, _TEST_SALT)
        is_tested = [photo.split_by in chosen for photo in photos]
    else:
        is_tested = [photo.name in layout.test_names for photo in photos]
    return [
        photo
        for photo, tested in zip(photos, is_tested, strict=True)
        if tested == (split == "test")
    ]


def spread(
    photos: list[LabeledPhoto], max_photos: int | None
) -> list[LabeledPhoto]:
    """At most so many of the photos, evenly spread."""
    count = len(photos)
    if max_photos is None or count <= max_photos:
        return photos
    return [photos[n] for n in np.linspace(0, count - 1, max_photos, dtype=int)]


def _read(
    folder: pathlib.Path,
    layout: FolderLayout,
    photos: Sequence[LabeledPhoto],
    longest_side: int | None,
    is_trained_on: bool,
) -> SceneDataset:
    if not photos:
        raise InputError(
            f"No photo of {folder} is left for this split: list some in "
            "ImageSets/Segmentation, or delete that folder for an even split."
        )
    images, labels, files = [], [], []
    counts = np.zeros(256, np.int64)
    for photo in tqdm.tqdm(
        photos, "Reading photos", unit="photo", disable=None
    ):
        image, label, digest = _read_photo(layout, photo, longest_side)
        images.append(image)
        labels.append(label)
        is_labeled = bool((label != IGNORE_LABEL).any())
        files.append(PhotoFile(photo.name, digest, is_labeled, photo.split_by))
        counts += np.bincount(label.ravel(), minlength=256)
    if is_trained_on:
        layout.check_values(counts)
    return SceneDataset(
        name=folder.resolve().name,
        class_names=layout.class_names,
        palette=layout.palette,
        examples=examples_in_memory(
            images, labels, [photo.name for photo in photos]
        ),
        num_examples=len(photos),
        files=tuple(files),
    )


def _read_photo(
    layout: FolderLayout, photo: LabeledPhoto, longest_side: int | None
) -> tuple[np.ndarray, np.ndarray, str]:
    image = layout.read_photo(photo.image)
    digest = hashlib.sha256(image.tobytes()).hexdigest()[:16]
    label = layout.read_mask(photo)
    check_sizes(photo, image, label)
    image = scale_down(image, longest_side)
    return image, resize_labels(label, *image.shape[:2]), digest


def check_sizes(
    photo: LabeledPhoto, image: np.ndarray, label: np.ndarray
) -> None:
    """Checks that photo and mask have the same size.

    Args:
        photo: the files of both, for the error.
        image: uint8 `(height, width, 3)`.
        label: uint8 `(rows, columns)`.

    Raises:
        InputError: if the sizes differ.
    """
    refuse_other_size(photo.mask, label.shape, photo.image, image.shape)


def _problems_of_classes(
    folder: pathlib.Path, layout: FolderLayout
) -> list[str]:
    names = layout.class_names
    if not 2 <= len(names) <= MAX_CLASSES:
        return [
            f"{folder} names {len(names)} classes: name 2 to {MAX_CLASSES} "
            "(pixels without annotation are unknown; to make them a class, "
            "rename `background` in labelmap.txt, or list `_background_` in "
            "the classes.txt of a labelme folder)."
        ]
    return [
        f"{folder} names the class {name!r} twice: rename one."
        for index, name in enumerate(names)
        if names.index(name) < index
    ]
