"""Layouts in which files of annotation tools state photos and labels."""

import dataclasses
import pathlib
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

import numpy as np

from keras_rcnn.datasets.labelme import BACKGROUND
from keras_rcnn.datasets.layout import (
    FolderLayout,
    LabeledPhoto,
    photo_size,
    refuse_other_size,
)
from keras_rcnn.datasets.plain import IGNORED, read_class_list
from keras_rcnn.datasets.stated_photos import StatedPhotos
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, default_palette
from keras_rcnn.io.json_files import ODD_CONTENT
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.pictures import UNREADABLE

Classes = tuple[tuple[str, ...], tuple[tuple[int, int, int], ...]]
# Words in the names of files and folders that name the test split.
_TEST_WORDS = ({"test"}, {"val", "valid", "validation"})


@dataclasses.dataclass(frozen=True)
class AnnotatedPhoto:
    """A photo and its labels, as a file states them.

    Args:
        source: file that holds the labels.
        photo: path of the photo on the machine where the file was written.
        size: height and width of the upright photo in pixels, if stated.
        names: names of the labels on it.
        draw: function of the size, of the label of each name, and of the label
            outside all shapes, that returns the label map. It raises
            `ValueError` if the labels are broken.
        is_listed: whether `source` holds the labels of other photos as well.
    """

    source: pathlib.Path
    photo: pathlib.PurePath
    size: tuple[int, int] | None
    names: frozenset[str]
    draw: Callable[[tuple[int, int], Mapping[str, int], int], np.ndarray]
    is_listed: bool = True


def annotated_layout(
    folder: pathlib.Path,
    stated: Sequence[AnnotatedPhoto],
    classes: Classes,
    problems: Sequence[str] = (),
    without: Iterable[pathlib.Path] = (),
) -> FolderLayout:
    """The layout of a folder with files of an annotation tool.

    The classes are those of classes.txt, if there is one. Pixels outside all
    shapes, or in a shape with the label `__ignore__`, are unknown. If there is
    a class `_background_`, pixels outside all shapes belong to it. The test
    split are the photos of files or folders with `test`, or else `val`, in
    their names, if there are others.

    Args:
        folder: the data set.
        stated: the photos.
        classes: names and colors, if there is no classes.txt.
        problems: files that cannot be used.
        without: folders with pictures that are no photos.

    Raises:
        InputError: if classes.txt cannot be used or if no photo is labeled.
    """
    if (folder / CLASSES_FILE).is_file():
        classes = read_class_list(folder / CLASSES_FILE)
    class_names, palette = classes
    label_of = {name: label for label, name in enumerate(class_names)}
    label_of[IGNORED] = IGNORE_LABEL
    finder = StatedPhotos(folder, frozenset(without))
    found, missing = _find(finder, stated)
    if not found:
        problem = f"{folder} has no labeled photo: export the labels again."
        raise InputError(next(iter([*problems, *missing]), problem))
    photos = [photo for photo, _ in found.values()]
    used = {photo.image for photo in photos}
    return FolderLayout(
        class_names=class_names,
        palette=palette,
        photos=sorted(photos, key=lambda photo: photo.name),
        test_names=_test_names(folder, photos),
        read_mask=lambda photo: _read_mask(
            found[photo.name][1], label_of, photo
        ),
        problems=(*problems, *unlisted_labels(stated, label_of), *missing),
        unused=tuple(path for path in finder.paths if path not in used),
    )


def used_classes(stated: Iterable[AnnotatedPhoto]) -> Classes:
    """The names of all labels in alphabetical order, and colors."""
    names = {name for photo in stated for name in photo.names} - {IGNORED}
    return tuple(sorted(names)), default_palette(len(names))


def unlisted_labels(
    stated: Iterable[AnnotatedPhoto], listed: Container[str]
) -> list[str]:
    """A problem for each label that is not a class."""
    first: dict[str, pathlib.Path] = {}
    for photo in stated:
        for name in sorted(photo.names):
            if name not in listed:
                first.setdefault(name, photo.source)
    return [
        f"{path} has the label {name!r}, which classes.txt does not name: "
        "add a line for it there, or correct the label."
        for name, path in first.items()
    ]


def _find(
    photos: StatedPhotos, stated: Iterable[AnnotatedPhoto]
) -> tuple[dict[str, tuple[LabeledPhoto, AnnotatedPhoto]], list[str]]:
    """Photos and labels by name, and a problem for each other photo."""
    found: dict[str, tuple[LabeledPhoto, AnnotatedPhoto]] = {}
    problems = []
    for each in stated:
        try:
            image = photos.find(each.photo, each.source)
        except InputError as error:
            problems.append(str(error))
            continue
        name = photos.name(image)
        if name not in found:
            photo = LabeledPhoto(
                name, image, each.source, is_listed=each.is_listed
            )
            found[name] = photo, each
            continue
        other, _ = found[name]
        problems.append(
            f"{other.mask} and {each.source} both label {image}, or one of "
            "them twice: remove one of the labels."
            if other.image == image
            else f"{other.image} and {image} have one name: rename or remove "
            "one of them."
        )
    return found, problems


def _test_names(
    folder: pathlib.Path, photos: Iterable[LabeledPhoto]
) -> frozenset[str] | None:
    words = {}
    for photo in photos:
        source = photo.mask.relative_to(folder)
        # A list names many photos; a file for one photo is named after it.
        parts = source.parts if photo.is_listed else source.parts[:-1]
        words[photo.name] = set(re.findall("[a-z]+", " ".join(parts).lower()))
    for wanted in _TEST_WORDS:
        names = frozenset(n for n, found in words.items() if found & wanted)
        if names:
            return names if len(names) < len(words) else None
    return None


def _read_mask(
    stated: AnnotatedPhoto, label_of: Mapping[str, int], photo: LabeledPhoto
) -> np.ndarray:
    size = photo_size(photo.image)
    # Before memory is taken for a size that stands in a file.
    refuse_other_size(stated.source, stated.size or size, photo.image, size)
    elsewhere = label_of.get(BACKGROUND, IGNORE_LABEL)
    try:
        return stated.draw(size, label_of, elsewhere)
    except InputError:
        raise
    except (*ODD_CONTENT, *UNREADABLE) as error:
        raise InputError(
            f"{stated.source} has broken labels of {photo.image} ({error}): "
            "export them again, or remove them."
        ) from error
