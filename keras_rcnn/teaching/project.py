"""A folder of photos that somebody paints on."""

import pathlib
import threading
from collections.abc import Sequence

import numpy as np

from keras_rcnn.datasets.layout import (
    find_files,
    is_photo,
    normalized,
    photo_size,
    refuse_other_size,
)
from keras_rcnn.datasets.mask_values import MaskValues, split_values
from keras_rcnn.datasets.masks import read_mask
from keras_rcnn.datasets.plain import read_class_list
from keras_rcnn.errors import InputError, printable
from keras_rcnn.io.classes_file import CLASSES_FILE, Palette, classes_text
from keras_rcnn.io.files import copy_file, make_folder, write_file
from keras_rcnn.io.images import encode_png, read_image, write_png
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.photo_files import output_names
from keras_rcnn.teaching.strokes import Stroke, draw_stroke

MAX_CLASSES = 255
_MAX_UNDO = 100


class Project:
    """Photos, classes and masks in the plain layout of `plain_layout`.

    Each stroke is written to the mask as soon as it is made. A pixel that
    nobody painted has the label `IGNORE_LABEL`.

    Args:
        folder: an existing folder, empty or in the plain layout.

    Raises:
        InputError: if the folder or a file in it cannot be used.
    """

    def __init__(self, folder: str | pathlib.Path) -> None:
        self.folder = pathlib.Path(folder).expanduser().resolve()
        if not self.folder.is_dir():
            raise InputError(
                f"There is no folder {folder}: make it, or name one that "
                "exists."
            )
        self._lock = threading.RLock()
        self._undo: dict[str, list[bytes]] = {}
        self._redo: dict[str, list[bytes]] = {}
        self.photos: dict[str, pathlib.Path] = {}
        self.counts: dict[str, np.ndarray] = {}
        """int `(256,)`, the number of pixels of each label of each photo."""
        self.sizes: dict[str, tuple[int, int]] = {}
        self.class_names: tuple[str, ...] = ()
        self.palette: Palette = ()
        if (self.folder / CLASSES_FILE).exists():
            self._read_classes()
        for name in ("images", "masks"):
            make_folder(self.folder / name)
        for name, path in self._find_photos().items():
            self._take_in(name, path)

    def _read_classes(self) -> None:
        file = self.folder / CLASSES_FILE
        self.class_names, self.palette = read_class_list(file)
        text = file.read_text().splitlines()
        if split_values([line.split(" #")[0] for line in text if line])[1]:
            raise InputError(
                f"{file} gives classes values, and masks that are painted hold "
                "the numbers of the lines: use a folder of its own to paint."
            )
        check_names(self.class_names)

    def _find_photos(self) -> dict[str, pathlib.Path]:
        images, problems = find_files(self.folder / "images", is_photo)
        if problems:
            raise InputError(problems[0])
        outside = [path for path in self.folder.iterdir() if is_photo(path)]
        if outside and not images:
            raise InputError(
                f"{self.folder} holds photos outside of images/: give a new "
                f"folder and --images={self.folder}, which copies them."
            )
        return images

    def _take_in(self, name: str, path: pathlib.Path) -> None:
        """Adds a photo to the list, with an empty mask if it has none."""
        file = self.mask_file(name)
        size = photo_size(path)
        if file.exists():
            mask = self._read(name)
            refuse_other_size(file, mask.shape, path, size)
            self.counts[name] = np.bincount(mask.ravel(), minlength=256)
        else:
            make_folder(file.parent)
            write_png(file, np.full(size, IGNORE_LABEL, np.uint8))
            self.counts[name] = np.zeros(256, np.int64)
            self.counts[name][IGNORE_LABEL] = size[0] * size[1]
        self.sizes[name] = size
        self.photos[name] = path

    def add_photo(self, name: str, content: bytes) -> str:
        """Writes a photo into `images/`.

        Args:
            name: of its file.
            content: the file.

        Returns:
            The name in the project.

        Raises:
            InputError: if it is no photo or cannot be written.
        """
        path = pathlib.PurePath(printable(pathlib.PurePath(name).name))
        if path.name.startswith(".") or not is_photo(path):
            raise InputError(f"{name} is no photo: give a JPEG or PNG file.")
        read_image(name, content)
        with self._lock:
            path = self._free(path)
            write_file(self.folder / "images" / path, content)
            self._take_in(path.stem, self.folder / "images" / path)
        return path.stem

    def copy_photos(self, paths: Sequence[pathlib.Path]) -> None:
        """Copies photos into `images/`, except those that are there already.

        The photos come first on the page, in this order, such as that of
        `keras-rcnn rank`.

        Args:
            paths: files, which stay as they are.
        """
        images = self.folder / "images"
        first = []
        for path, name in zip(paths, output_names(paths), strict=True):
            if path.resolve().is_relative_to(images):
                inside = path.resolve().relative_to(images)
                name = normalized(inside.with_suffix("").as_posix())
            elif name not in self.photos:
                copy_file(path, images / f"{name}{path.suffix}")
                self._take_in(name, images / f"{name}{path.suffix}")
            first.append(name)
        self.photos = {name: self.photos[name] for name in first} | self.photos

    def _free(self, path: pathlib.PurePath) -> pathlib.PurePath:
        number = 2
        free = path
        while free.stem in self.photos:
            free = path.with_stem(f"{path.stem}_{number}")
            number += 1
        return free

    def mask_file(self, name: str) -> pathlib.Path:
        """The file of a mask."""
        return self.folder / "masks" / f"{name}.png"

    def mask(self, name: str) -> np.ndarray:
        """The labels of a photo, uint8 `(height, width)`.

        Raises:
            InputError: if there is no such photo, or its mask is broken.
        """
        self._check(name)
        return self._read(name)

    def photo(self, name: str) -> np.ndarray:
        """The pixels of a photo, uint8 `(height, width, 3)`.

        Raises:
            InputError: if there is no such photo, or it is broken.
        """
        self._check(name)
        return read_image(self.photos[name])

    @property
    def painted(self) -> list[str]:
        """Names of the photos with at least one painted pixel."""
        return [name for name, count in self.counts.items() if count[:-1].any()]

    def paint(self, name: str, stroke: Stroke) -> None:
        """Draws a stroke into the mask of a photo and writes it.

        Raises:
            InputError: if there is no such photo or class.
        """
        number = len(self.class_names)
        if stroke.label != IGNORE_LABEL and not 0 <= stroke.label < number:
            raise InputError(
                f"There is no class {stroke.label}: add it, or choose another."
            )
        with self._lock:
            before = self.mask(name)
            self._remember(self._undo, name)
            self._redo.pop(name, None)
            self._write(name, encode_png(draw_stroke(before, stroke)))

    def undo(self, name: str) -> None:
        """Takes the last stroke on a photo back, if there was one."""
        self._step(name, self._undo, self._redo)

    def redo(self, name: str) -> None:
        """Draws the last stroke that was taken back again."""
        self._step(name, self._redo, self._undo)

    def _step(
        self,
        name: str,
        source: dict[str, list[bytes]],
        target: dict[str, list[bytes]],
    ) -> None:
        with self._lock:
            self._check(name)
            if source.get(name):
                self._remember(target, name)
                self._write(name, source[name].pop())

    def _remember(self, history: dict[str, list[bytes]], name: str) -> None:
        masks = history.setdefault(name, [])
        masks.append(self.mask_file(name).read_bytes())
        del masks[:-_MAX_UNDO]

    def _write(self, name: str, content: bytes) -> None:
        write_file(self.mask_file(name), content)
        self.refresh(name)

    def refresh(self, name: str) -> None:
        """Counts the pixels of a mask again."""
        mask = self._read(name)
        self.counts[name] = np.bincount(mask.ravel(), minlength=256)

    def _read(self, name: str) -> np.ndarray:
        # A mask of another program may hold classes that are not named yet.
        return read_mask(self.mask_file(name), MaskValues(MAX_CLASSES))

    def set_classes(self, names: Sequence[str], palette: Palette) -> None:
        """Writes `classes.txt`.

        Classes are renamed, recolored and added. The last ones can be left
        out while nothing is painted with them.

        Raises:
            InputError: if names are missing, double or too many, or a class
                with strokes is left out.
        """
        names = [" ".join(name.split()) for name in names]
        check_names(names)
        with self._lock:
            for index, name in enumerate(self.class_names[len(names) :]):
                label = len(names) + index
                if any(count[label] for count in self.counts.values()):
                    raise InputError(
                        f"{name} is painted somewhere: erase that before you "
                        "remove the class."
                    )
            content = classes_text(names, palette)
            write_file(self.folder / CLASSES_FILE, content.encode())
            self.class_names, self.palette = tuple(names), palette

    def _check(self, name: str) -> None:
        if name not in self.photos:
            raise InputError(f"There is no photo {name}: load the page again.")


def check_names(names: Sequence[str]) -> None:
    """Refuses names of classes that `classes.txt` cannot hold.

    Raises:
        InputError: naming the first of them.
    """
    if len(names) > MAX_CLASSES:
        raise InputError(
            f"{len(names)} classes are too many: name up to {MAX_CLASSES}."
        )
    for index, name in enumerate(names):
        if not name or printable(name) != name or " #" in name or "=" in name:
            raise InputError(
                f"{name!r} cannot be the name of a class: write a text without "
                "# and =."
            )
        if name in names[:index]:
            raise InputError(f"There are two classes {name}: rename one.")
