"""Layout of a folder of labeled photos: its classes and files."""

import dataclasses
import os
import pathlib
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.images import PHOTO_SUFFIXES, open_photo, read_image
from keras_rcnn.io.photo_files import unread_formats

_ORIENTATION = 0x0112


@dataclasses.dataclass(frozen=True)
class LabeledPhoto:
    """A photo and its mask.

    Args:
        name: path below the folder of photos, without suffix.
        image: file of the photo.
        mask: file of the mask, or of the shapes to draw it from.
        group: photos of one group are on one side of every split.
        is_listed: whether `mask` holds the labels of other photos as well.
    """

    name: str
    image: pathlib.Path
    mask: pathlib.Path
    group: str | None = None
    is_listed: bool = False

    @property
    def split_by(self) -> str:
        """What decides about the split: the group, or else the name."""
        return self.name if self.group is None else self.group

    @property
    def labels_name(self) -> str:
        """Where the labels are, for messages."""
        of = f" (of {self.image.name})" if self.is_listed else ""
        return f"{self.mask}{of}"


@dataclasses.dataclass(frozen=True)
class FolderLayout:
    """Classes and files of a folder, before any picture is read.

    Args:
        class_names: one for each label.
        palette: red, green and blue of each class.
        photos: sorted by name.
        test_names: names of the photos of the `test` split; None if the folder
            does not say.
        read_mask: reads the uint8 labels of a photo.
        read_photo: reads the uint8 pixels of a photo.
        problems: files that do not fit together, a line each that says how to
            fix it. Any problem stops training.
        unused: photos without labels or that no list names.
        notes: lines on what may be a mistake and does not stop training.
        check_values: function of the number of pixels of each label, int
            `(256,)`, in all masks to train on, that raises `InputError` if
            they cannot be meant.
        label_of_value: label of each value of a mask, -1 for a value that no
            mask must hold; None if masks do not hold values.
        counts_from_0: whether masks hold the numbers of the classes.
        are_maps: whether the photos are maps, whose bands are no colors.
    """

    class_names: tuple[str, ...]
    palette: tuple[tuple[int, int, int], ...]
    photos: list[LabeledPhoto]
    test_names: frozenset[str] | None
    read_mask: Callable[[LabeledPhoto], np.ndarray]
    read_photo: Callable[[pathlib.Path], np.ndarray] = read_image
    problems: tuple[str, ...] = ()
    unused: tuple[pathlib.Path, ...] = ()
    notes: tuple[str, ...] = ()
    check_values: Callable[[np.ndarray], None] = lambda counts: None
    label_of_value: tuple[int, ...] | None = None
    counts_from_0: bool = False
    are_maps: bool = False


def is_photo(path: pathlib.PurePath) -> bool:
    """Whether the suffix of a file is that of a photo."""
    return path.suffix.lower() in PHOTO_SUFFIXES


def normalized(name: str) -> str:
    """A name with accents composed, which systems store in two ways."""
    return unicodedata.normalize("NFC", name)


def find_files(
    folder: pathlib.Path, wanted: Callable[[pathlib.Path], bool]
) -> tuple[dict[str, pathlib.Path], list[str]]:
    """Sorted files in and below a folder, by normalized name without suffix.

    Returns:
        The files, and a problem for each name that is not unique or not UTF-8
        and for each folder that is reached twice.

    Raises:
        InputError: if there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"The folder {folder} is missing: make it.")
    files: dict[str, pathlib.Path] = {}
    paths, problems = visible_files(folder)
    for path in filter(wanted, paths):
        name = path.relative_to(folder).with_suffix("").as_posix()
        name = normalized(name)
        if name.encode(errors="ignore").decode() != name:
            problems.append(f"{path} has a name that is not UTF-8: rename it.")
            continue
        if name in files:
            problems.append(
                f"{files[name]} and {path} have one name: rename or remove "
                "one of them."
            )
        files.setdefault(name, path)
    return files, problems


def visible_files(
    folder: pathlib.Path,
) -> tuple[list[pathlib.Path], list[str]]:
    """Sorted files in and below a folder, and a problem for each odd link.

    Links to folders are followed. Hidden files and folders are skipped, such as
    those that notebooks and file managers make.
    """
    paths: list[pathlib.Path] = []
    problems: list[str] = []
    seen: set[str] = set()
    for below, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        place = os.path.realpath(below)
        if place in seen:
            folders.clear()
            problems.append(
                f"{below} leads to a folder that is read already: remove the "
                "link."
            )
            continue
        seen.add(place)
        paths += [
            path
            for name in names
            if not name.startswith(".")
            and (path := pathlib.Path(below, name)).is_file()
        ]
    return sorted(paths), problems


def refuse_other_size(
    mask: pathlib.Path,
    mask_size: Sequence[int],
    photo: pathlib.Path,
    photo_size: Sequence[int],
) -> None:
    """Checks that photo and mask have the same height and width.

    Raises:
        InputError: if the sizes differ.
    """
    rows, columns = mask_size[:2]
    height, width = photo_size[:2]
    if (rows, columns) == (height, width):
        return
    fix = (
        "an EXIF mark in the photo may turn it, so export the mask turned as "
        "well or save the photo upright"
        if (rows, columns) == (width, height)
        else "both must be of one size"
    )
    raise InputError(
        f"{mask} is {columns}x{rows} pixels and its photo {photo} is "
        f"{width}x{height}: {fix}."
    )


def photo_size(
    path: pathlib.Path, content: bytes | None = None
) -> tuple[int, int]:
    """Height and width of the upright photo, from its header.

    Args:
        path: of the photo.
        content: bytes of the photo, if they do not stand at the path.

    Raises:
        InputError: if it is no photo.
    """
    with open_photo(path, content) as photo:
        turned = photo.getexif().get(_ORIENTATION) in (5, 6, 7, 8)
        width, height = photo.size
    return (width, height) if turned else (height, width)


def skipped_photos(folder: pathlib.Path) -> list[str]:
    """A note if there are photos in formats that cannot be read."""
    paths, _ = visible_files(folder)
    return unread_formats(paths)
