"""Label maps in the Pascal VOC layout."""

import contextlib
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np

from keras_rcnn.annotations.photo_copy import copy_name
from keras_rcnn.datasets.voc import BACKGROUND, BORDER_COLOR, UNKNOWN
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import default_palette
from keras_rcnn.io.files import copy_file, make_folder, write_file
from keras_rcnn.io.png_stream import Append, open_png

_BACKGROUND_COLOR = (0, 0, 0)


class VocAnnotations:
    """Writes the folder that `voc_layout` reads, and that CVAT can import.

        JPEGImages/                         copies of the photos
        SegmentationClass/                  palette PNG files; 0 is background,
                                            class 0 has the value 1 and so on
        ImageSets/Segmentation/default.txt  names of the photos
        labelmap.txt                        names and colors of the classes

    Unknown pixels become background, which is read back as unknown. Colors of
    two classes, of background or of borders are replaced by other colors.

    Args:
        folder: to write into.
        class_names: one for each label.
        palette: red, green and blue of each class.

    Raises:
        InputError: if the layout cannot represent the name of a class; from
            every method, if a file cannot be written.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        class_names: Sequence[str],
        palette: Sequence[Sequence[int]],
    ) -> None:
        for name in class_names:
            if name in UNKNOWN or ":" in name or name.startswith("#"):
                raise InputError(
                    f"The Pascal VOC layout cannot hold a class {name!r}, as "
                    f"{' and '.join(UNKNOWN)} mean unknown there, a colon ends "
                    "a name and # starts a comment: choose the format coco."
                )
        self.folder = folder
        colors = [_BACKGROUND_COLOR, *_distinct(palette)]
        self._palette = colors
        self._lines = [
            f"{name}:{red},{green},{blue}::\n"
            for name, (red, green, blue) in zip(
                [BACKGROUND, *class_names], colors, strict=True
            )
        ]
        self._names: set[str] = set()

    def copy_of(self, photo: pathlib.Path, name: str) -> pathlib.Path:
        """Path of the copy of a photo."""
        return self.folder / "JPEGImages" / copy_name(photo, name)

    @contextlib.contextmanager
    def photo(
        self, photo: pathlib.Path, name: str, height: int, width: int
    ) -> Iterator[Append]:
        """Adds a photo at the end of the block.

        Args:
            photo: its file.
            name: name in the folder, without suffix.
            height: of the upright photo, in pixels.
            width: of the upright photo, in pixels.

        Yields:
            Function that writes the next band of labels, uint8
            `(rows, width)`.
        """
        mask = make_folder(self.folder / "SegmentationClass") / f"{name}.png"
        with open_png(mask, height, width, self._palette) as append:
            # IGNORE_LABEL, 255, becomes 0.
            yield lambda labels: append(labels + np.uint8(1))
        copy = self.copy_of(photo, name)
        make_folder(copy.parent)
        copy_file(photo, copy)
        self._names.add(name)

    def finish(self) -> None:
        """Writes labelmap.txt and the list of photos."""
        write_file(self.folder / "labelmap.txt", "".join(self._lines).encode())
        lists = make_folder(self.folder / "ImageSets" / "Segmentation")
        names = "".join(f"{name}\n" for name in sorted(self._names))
        write_file(lists / "default.txt", names.encode())


def _distinct(
    palette: Sequence[Sequence[int]],
) -> list[tuple[int, int, int]]:
    """The colors, with duplicates and reserved colors replaced."""
    colors: list[tuple[int, int, int]] = []
    taken = {_BACKGROUND_COLOR, BORDER_COLOR}
    wanted = [(red, green, blue) for red, green, blue in palette]
    for color in wanted:
        if color in taken:
            spare = default_palette(2 * len(palette) + 2)
            color = next(c for c in spare if c not in taken.union(wanted))
        taken.add(color)
        colors.append(color)
    return colors
