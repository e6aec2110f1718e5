"""Labeled photos in a folder of the user's own."""

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np
import tqdm

from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.labelme import is_labelme, labelme_layout
from keras_rcnn.datasets.layout import FolderLayout, LabeledPhoto
from keras_rcnn.datasets.plain import plain_layout
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.splits import folds
from keras_rcnn.datasets.voc import voc_layout
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import resize_labels, scale_down

MAX_CLASSES = 255


def load_folder(
    folder: str | pathlib.Path,
    split: str = "train",
    longest_side: int | None = None,
) -> SceneDataset:
    """Reads the labeled photos of a folder into memory.

    There are three layouts: `plain_layout` (`images/`, `masks/` and
    `classes.txt`), `voc_layout` (Pascal VOC, as annotation tools export it)
    and `labelme_layout` (JSON files beside the photos). If the folder does not
    say which photos are the `test` split, a fifth of them is, always the same.

    Args:
        folder: in one of the layouts.
        split: `train`, `test` or `all`.
        longest_side: maximum side in pixels. Larger photos and their masks are
            scaled down to it. Each pixel takes four bytes of memory.

    Raises:
        InputError: if a file cannot be used, with its name and how to fix it.
    """
    folder = pathlib.Path(folder).expanduser()
    layout = folder_layout(folder)
    if layout.problems:
        raise InputError(layout.problems[0])
    photos = photos_of_split(layout, split)
    return _read(folder, layout, photos, longest_side)


def folder_layout(folder: pathlib.Path) -> FolderLayout:
    """Classes and files of a folder in any layout, without reading pictures.

    Raises:
        InputError: if there is no such folder, or if it does not say which
            classes and photos it has.
    """
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}: name one that exists.")
    if any((folder / name).exists() for name in ("JPEGImages", "labelmap.txt")):
        layout = voc_layout(folder)
    elif is_labelme(folder):
        layout = labelme_layout(folder)
    else:
        layout = plain_layout(folder)
    problems = (*layout.problems, *_problems_of_classes(folder, layout))
    return dataclasses.replace(layout, problems=problems)


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
    test_names = layout.test_names
    if test_names is None:
        fold_of = folds([photo.name for photo in photos])
        test_names = frozenset(
            photo.name
            for photo, fold in zip(photos, fold_of, strict=True)
            if fold == 0
        )
    return [
        photo
        for photo in photos
        if (photo.name in test_names) == (split == "test")
    ]


def _read(
    folder: pathlib.Path,
    layout: FolderLayout,
    photos: Sequence[LabeledPhoto],
    longest_side: int | None,
) -> SceneDataset:
    if not photos:
        raise InputError(
            f"No photo of {folder} is left for this split: list some in "
            "ImageSets/Segmentation, or delete that folder for an even split."
        )
    images, labels = [], []
    for photo in tqdm.tqdm(
        photos, "Reading photos", unit="photo", disable=None
    ):
        image, label = _read_photo(layout, photo, longest_side)
        images.append(image)
        labels.append(label)
    return SceneDataset(
        name=folder.resolve().name,
        class_names=layout.class_names,
        palette=layout.palette,
        examples=examples_in_memory(
            images, labels, [photo.name for photo in photos]
        ),
        num_examples=len(photos),
    )


def _read_photo(
    layout: FolderLayout, photo: LabeledPhoto, longest_side: int | None
) -> tuple[np.ndarray, np.ndarray]:
    image = layout.read_photo(photo.image)
    label = layout.read_mask(photo.mask)
    check_sizes(photo, image, label)
    image = scale_down(image, longest_side)
    return image, resize_labels(label, *image.shape[:2])


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
    height, width = image.shape[:2]
    if label.shape != (height, width):
        fix = (
            "an EXIF mark in the photo may turn it, so export the mask turned "
            "as well or save the photo upright"
            if label.shape == (width, height)
            else "both must be of one size"
        )
        raise InputError(
            f"{photo.mask} is {label.shape[1]}x{label.shape[0]} pixels and "
            f"its photo {photo.image} is {width}x{height}: {fix}."
        )


def _problems_of_classes(
    folder: pathlib.Path, layout: FolderLayout
) -> list[str]:
    names = layout.class_names
    problems = []
    if not 2 <= len(names) <= MAX_CLASSES:
        problems.append(
            f"{folder} names {len(names)} classes: name 2 to {MAX_CLASSES} "
            "(pixels without annotation are unknown; to make them a class, "
            "rename `background` in labelmap.txt, or list `_background_` in "
            "the classes.txt of a labelme folder)."
        )
    problems += [
        f"{folder} names the class {name!r} twice: rename one."
        for index, name in enumerate(names)
        if names.index(name) < index
    ]
    return problems
