"""Layout of a folder of labeled photos: its classes and files."""

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.images import PHOTO_SUFFIXES, read_image


@dataclasses.dataclass(frozen=True)
class LabeledPhoto:
    """A photo and its mask.

    Args:
        name: path below the folder of photos, without suffix.
        image: file of the photo.
        mask: file of the mask, or of the shapes to draw it from.
    """

    name: str
    image: pathlib.Path
    mask: pathlib.Path


@dataclasses.dataclass(frozen=True)
class FolderLayout:
    """Classes and files of a folder, before any picture is read.

    Args:
        class_names: one for each label.
        palette: red, green and blue of each class.
        photos: sorted by name.
        test_names: names of the photos of the `test` split; None if the folder
            does not say.
        read_mask: reads the uint8 labels of a mask file.
        read_photo: reads the uint8 pixels of a photo.
        problems: files that do not fit together, a line each that says how to
            fix it. Any problem stops training.
        unused: photos without labels or that no list names.
    """

    class_names: tuple[str, ...]
    palette: tuple[tuple[int, int, int], ...]
    photos: list[LabeledPhoto]
    test_names: frozenset[str] | None
    read_mask: Callable[[pathlib.Path], np.ndarray]
    read_photo: Callable[[pathlib.Path], np.ndarray] = read_image
    problems: tuple[str, ...] = ()
    unused: tuple[pathlib.Path, ...] = ()


def is_photo(path: pathlib.Path) -> bool:
    """Whether the suffix of a file is that of a photo."""
    return path.suffix.lower() in PHOTO_SUFFIXES


def find_files(
    folder: pathlib.Path, wanted: Callable[[pathlib.Path], bool]
) -> tuple[dict[str, pathlib.Path], list[str]]:
    """Sorted files in and below a folder, by name without suffix.

    Returns:
        The files, and a problem for each name that is not unique.

    Raises:
        InputError: if there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"The folder {folder} is missing: make it.")
    files: dict[str, pathlib.Path] = {}
    problems = []
    for path in sorted(folder.rglob("*")):
        if path.name.startswith(".") or not path.is_file() or not wanted(path):
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in files:
            problems.append(
                f"{files[name]} and {path} have one name: rename or remove "
                "one of them."
            )
        files.setdefault(name, path)
    return files, problems
