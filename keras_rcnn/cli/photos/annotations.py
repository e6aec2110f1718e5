"""Label maps in the formats of annotation tools."""

import contextlib
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn import annotations
from keras_rcnn.cli.photos.photo_stream import Job
from keras_rcnn.errors import InputError, missing_extra, printable
from keras_rcnn.io.big_photos import ROWS_A_STRIP
from keras_rcnn.io.png_stream import Append

_FORMATS = {
    "coco": "CocoAnnotations",
    "coco_instances": "CocoInstances",
    "geojson": "GeojsonAnnotations",
    "label_studio": "LabelStudioAnnotations",
    "labelme": "LabelmeAnnotations",
    "voc": "VocAnnotations",
    "yolo": "YoloAnnotations",
}
# These hold masks or polygons.
_WITH_CHOICE = {"coco_instances", "labelme"}


class Annotations:
    """Writes each chosen format into a folder of its own.

    Args:
        formats: keys of `_FORMATS`, such as `coco` and `voc`, or none.
        folder: where the folders are made.
        class_names: name of each class.
        palette: red, green and blue of each class.
        polygons: whether to write polygons where a format also has masks.

    Raises:
        InputError: if a format cannot hold the classes or polygons, or its
            extra is missing. Every method raises it if a file cannot be
            written.
    """

    def __init__(
        self,
        formats: Iterable[str],
        folder: pathlib.Path,
        class_names: Sequence[str],
        palette: Sequence[Sequence[int]],
        polygons: bool = False,
    ) -> None:
        names = sorted(set(formats))
        if polygons and not _WITH_CHOICE.intersection(names):
            raise InputError(
                "polygons= needs one of the formats "
                f"{' and '.join(sorted(_WITH_CHOICE))}: add it to annotations=."
            )
        self._writers = [
            _open_writer(
                name,
                folder / name,
                class_names,
                palette,
                **{"polygons": polygons} if name in _WITH_CHOICE else {},
            )
            for name in names
        ]

    def copies(self, job: Job) -> list[pathlib.Path]:
        """The files into which the photo will be copied."""
        return [writer.copy_of(job.photo, job.name) for writer in self._writers]

    @contextlib.contextmanager
    def photo(self, job: Job, height: int, width: int) -> Iterator[Append]:
        """Adds a photo at the end of the block.

        Args:
            job: the photo and its name.
            height: of the photo, in pixels.
            width: of the photo, in pixels.

        Yields:
            Function that takes the next rows of labels, uint8
            `(rows, width)`.
        """
        if self._writers and printable(job.name) != job.name:
            raise InputError(
                f"{job.photo} has a name that annotations cannot hold: rename "
                "it."
            )
        with contextlib.ExitStack() as stack:
            appends = [
                stack.enter_context(
                    writer.photo(job.photo, job.name, height, width)
                )
                for writer in self._writers
            ]

            def append_to_all(labels: np.ndarray) -> None:
                # The formats need several times the memory of the labels.
                for top in range(0, len(labels), ROWS_A_STRIP):
                    for append in appends:
                        append(labels[top : top + ROWS_A_STRIP])

            yield append_to_all

    def finish(self) -> None:
        """Writes the files that list all photos."""
        for writer in self._writers:
            writer.finish()


def _open_writer(name: str, *arguments: Any, **choices: Any) -> Any:
    """The writer of a format; the error of a missing extra names the flag."""
    try:
        return getattr(annotations, _FORMATS[name])(*arguments, **choices)
    except InputError as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            what = f"annotations={name}"
            raise missing_extra(what, "annotations") from error
        raise
