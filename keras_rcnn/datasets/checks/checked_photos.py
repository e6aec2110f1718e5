"""Labeled photos one by one, with the errors of each."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.datasets.folder import check_sizes, photos_of_split
from keras_rcnn.datasets.layout import FolderLayout, LabeledPhoto, is_photo
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import resize_labels, scale_down
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.odd_photos import photo_notes
from keras_rcnn.io.pictures import UNREADABLE, open_picture

# Fraction of the labeled pixels; regions that people draw have far fewer.
_MAX_LONELY = 0.01


@dataclasses.dataclass
class CheckedPhoto:
    """A photo, its labels, and the findings about them.

    Args:
        name: path of the photo, or its name in a data set without files.
        split: `train` or `test`.
        image: uint8 `(height, width, 3)`, scaled as for training; None if it
            cannot be read.
        label: uint8 `(height, width)`; None if it cannot be used.
        errors: those that stop training.
        notes: lines on properties that may be intended.
    """

    name: str
    split: str
    image: np.ndarray | None
    label: np.ndarray | None
    errors: list[InputError] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)


def photos_of_folder(
    layout: FolderLayout, longest_side: int | None
) -> Iterator[CheckedPhoto]:
    """Reads the photos of a folder and their masks, even broken ones.

    Args:
        layout: of the folder.
        longest_side: in pixels; larger photos are scaled down, as in training.
    """
    tested = set()
    if len(layout.photos) > 1:
        tested = {photo.name for photo in photos_of_split(layout, "test")}
    for photo in layout.photos:
        split = "test" if photo.name in tested else "train"
        checked = _read(layout, photo, split)
        if layout.label_of_value:
            checked.notes += _notes_on_palette(
                photo.mask, layout, layout.label_of_value
            )
        if checked.image is not None:
            checked.image = scale_down(checked.image, longest_side)
            if checked.label is not None:
                size = checked.image.shape[:2]
                checked.label = resize_labels(checked.label, *size)
        yield checked


def photos_of_dataset(
    dataset: SceneDataset, split: str
) -> Iterator[CheckedPhoto]:
    """Reads the photos of any other data set.

    Args:
        dataset: one split of the data set.
        split: its name.
    """
    for example in dataset.examples.as_numpy_iterator():
        name, image, label = (example[k] for k in ("name", "image", "label"))
        checked = CheckedPhoto(name.decode(), split, image, label)
        checked.notes += _notes_on_label(checked.name, label)
        yield checked


def _read(
    layout: FolderLayout, photo: LabeledPhoto, split: str
) -> CheckedPhoto:
    checked = CheckedPhoto(str(photo.image), split, None, None)

    def attempt(read: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return read(*arguments)
        except InputError as error:
            # A mask of shapes may raise the same error as its broken photo.
            if str(error) not in map(str, checked.errors):
                checked.errors.append(error)
            return None

    checked.image = attempt(layout.read_photo, photo.image)
    is_shown = is_photo(photo.image) and not layout.are_maps
    if is_shown and checked.image is not None:
        checked.notes += photo_notes(photo.image, checked.image)
    label = attempt(layout.read_mask, photo)
    if label is not None:
        checked.notes += _notes_on_label(photo.labels_name, label)
    if checked.image is not None and label is not None:
        attempt(check_sizes, photo, checked.image, label)
    if not checked.errors:
        checked.label = label
    return checked


def _notes_on_label(name: str, label: np.ndarray) -> list[str]:
    known = label != IGNORE_LABEL
    if not known.any():
        return [
            f"{name} is unknown all over: label something in it, or remove "
            "the photo, as the network cannot learn from it."
        ]
    lonely = lonely_pixels(label) & known
    part = lonely.sum() / known.sum()
    if part > _MAX_LONELY:
        return [
            f"{name} is speckled, {100 * part:.1f} % of its labeled pixels "
            "have no neighbor of their class: export it again if it was "
            "saved as JPEG or scaled with smoothing."
        ]
    return []


def lonely_pixels(label: np.ndarray) -> np.ndarray:
    """Pixels none of whose four neighbors has the same class.

    Args:
        label: uint8 `(height, width)`.

    Returns:
        bool `(height, width)`.

    >>> lonely_pixels(np.array([[1, 2, 2], [1, 3, 4]])).astype(int)
    array([[0, 0, 0],
           [0, 1, 1]])
    """
    lonely = np.ones(label.shape, bool)
    alike = label[1:] == label[:-1]
    lonely[1:] &= ~alike
    lonely[:-1] &= ~alike
    alike = label[:, 1:] == label[:, :-1]
    lonely[:, 1:] &= ~alike
    lonely[:, :-1] &= ~alike
    return lonely


def _notes_on_palette(
    mask: pathlib.Path, layout: FolderLayout, label_of_value: Sequence[int]
) -> list[str]:
    """Notes a mask whose palette gives a class the color of another class.

    Only the values count, but the program that wrote the mask may have numbered
    the classes in another order.
    """
    try:
        with open_picture(mask) as picture:
            values = picture.getpalette() if picture.mode == "P" else None
    except UNREADABLE:
        return []  # There is an error for it already.
    classes = {color: label for label, color in enumerate(layout.palette)}
    colors = zip(*[iter(values or [])] * 3, strict=False)
    for value, color in enumerate(colors):
        label = label_of_value[value]
        other = classes.get(color, label)
        if 0 <= label < len(layout.palette) and other != label:
            names = layout.class_names
            return [
                f"{mask} shows its value {value}, {names[label]}, in the "
                f"color that classes.txt gives to {names[other]}: check that "
                "both have the classes in the same order."
            ]
    return []
