"""Base class of writers that need the whole label map of a photo."""

import abc
import contextlib
import pathlib
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from keras_rcnn.annotations.photo_copy import copy_name
from keras_rcnn.annotations.regions import load_shapely
from keras_rcnn.io.classes_file import CLASSES_FILE, classes_text
from keras_rcnn.io.files import copy_file, make_folder, write_file
from keras_rcnn.io.png_stream import Append


class WholePhotoAnnotations(abc.ABC):
    """Writes copies of photos, and their labels in a subclass's format.

    A label map takes a byte of memory for each pixel of a photo.

    Args:
        folder: to write into.
        class_names: one for each label.
        palette: red, green and blue of each class.

    Raises:
        InputError: if a package of the extra `annotations` is missing; from
            every method, if a file cannot be written.
    """

    # Folder of the copies.
    PHOTOS: ClassVar[str] = "images"

    def __init__(
        self,
        folder: pathlib.Path,
        class_names: Sequence[str],
        palette: Sequence[Sequence[int]],
    ) -> None:
        load_shapely()
        self.folder = folder
        self.class_names = class_names
        self.palette = palette

    def copy_of(self, photo: pathlib.Path, name: str) -> pathlib.Path:
        """Path of the copy of a photo."""
        return self.folder / self.PHOTOS / copy_name(photo, name)

    @contextlib.contextmanager
    def photo(
        self, photo: pathlib.Path, name: str, height: int, width: int
    ) -> Iterator[Append]:
        """Adds a photo at the end of the block, as `VocAnnotations.photo`."""
        bands: list[np.ndarray] = []
        yield lambda labels: bands.append(labels.copy())
        copy = self.copy_of(photo, name)
        self.add(name, copy.name, np.concatenate(bands))
        make_folder(copy.parent)
        copy_file(photo, copy)

    @abc.abstractmethod
    def add(self, name: str, photo: str, labels: np.ndarray) -> None:
        """Writes the labels of a photo, or keeps them for `finish`.

        Args:
            name: of the photo in the folder, without suffix.
            photo: file name of its copy.
            labels: uint8 `(height, width)`.
        """

    def finish(self) -> None:
        """Writes the files for all photos."""
        text = classes_text(self.class_names, self.palette)
        self.write(CLASSES_FILE, text)

    def write(self, name: str, text: str) -> None:
        """Writes a text file below the folder."""
        path = self.folder / name
        make_folder(path.parent)
        write_file(path, text.encode())
