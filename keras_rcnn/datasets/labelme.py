"""Folders of photos that were labeled with labelme."""

import functools
import pathlib
import sys
from collections.abc import Container, Iterable, Mapping

import numpy as np
import tqdm

from keras_rcnn.datasets.labelme_file import (
    LabelmeFile,
    embedded_photo,
    read_labelme_file,
)
from keras_rcnn.datasets.labelme_photos import LabelmePhotos
from keras_rcnn.datasets.layout import (
    FolderLayout,
    LabeledPhoto,
    find_files,
    is_photo,
    photo_size,
    refuse_other_size,
    visible_files,
)
from keras_rcnn.datasets.plain import IGNORED, read_class_list
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, default_palette
from keras_rcnn.io.images import read_image
from keras_rcnn.io.labels import IGNORE_LABEL

# The name that labelme gives to pixels outside all shapes.
BACKGROUND = "_background_"


def is_json(path: pathlib.Path) -> bool:
    """Whether the suffix of a file is that of JSON."""
    return path.suffix.lower() == ".json"


def labelme_layout(folder: pathlib.Path) -> FolderLayout:
    """Photos and classes of a folder that was labeled with labelme.

        a.jpg, a.json ...  a photo and the file that labelme saved for it; or
                           photos in images/ and JSON files in annotations/
        classes.txt        optional: one name a line, class 0 first, each
                           optionally followed by its color, `sky #87ceeb`

    Without classes.txt, the classes are the labels of all shapes, in
    alphabetical order. Photos without a JSON file are left out.

    Later shapes cover earlier ones. Lines are 10 pixels wide. Points have no
    area and are left out. Pixels outside all shapes, or in a shape with the
    label `__ignore__`, are unknown. If there is a class `_background_`, pixels
    outside all shapes belong to it. Except for points, labelme's own
    conversion to label maps does the same.

    Raises:
        InputError: if classes.txt cannot be used or there is no JSON file.
    """
    below = folder / "annotations"
    paths, problems = find_files(below if below.is_dir() else folder, is_json)
    if not paths:
        raise InputError(
            f"{below} holds no JSON file: save those of labelme there."
        )
    files, unreadable = _read_files(paths)
    _print_points(files.values())
    class_names, palette = _classes(folder, files.values())
    label_of = {name: label for label, name in enumerate(class_names)}
    label_of[IGNORED] = IGNORE_LABEL
    unlisted = _unlisted_labels(files.values(), label_of)
    photos, missing = _find_photos(folder, files)
    used = {photo.image for photo in photos}
    return FolderLayout(
        class_names=class_names,
        palette=palette,
        photos=photos,
        test_names=None,
        read_mask=functools.partial(
            _read_mask,
            {file.path: file for file in files.values()},
            label_of,
        ),
        read_photo=_read_photo,
        problems=(*problems, *unreadable, *unlisted, *missing),
        unused=tuple(
            path
            for path in visible_files(folder)[0]
            if is_photo(path) and path not in used
        ),
    )


def _read_files(
    paths: Mapping[str, pathlib.Path],
) -> tuple[dict[str, LabelmeFile], list[str]]:
    """Readable files by name, and a problem for each of the others."""
    files, problems = {}, []
    for name, path in tqdm.tqdm(
        paths.items(), "Reading labels", unit="file", disable=None
    ):
        try:
            files[name] = read_labelme_file(path)
        except InputError as error:
            problems.append(str(error))
    return files, problems


def _classes(
    folder: pathlib.Path, files: Iterable[LabelmeFile]
) -> tuple[tuple[str, ...], tuple[tuple[int, int, int], ...]]:
    """Names and colors from classes.txt, or else from the shapes."""
    listed = folder / CLASSES_FILE
    if listed.is_file():
        names, palette = read_class_list(listed)
    else:
        drawn = {shape.label for file in files for shape in file.shapes}
        names = tuple(sorted(drawn - {IGNORED}))
        palette = default_palette(len(names))
    kept = [index for index, name in enumerate(names) if name != IGNORED]
    return tuple(names[i] for i in kept), tuple(palette[i] for i in kept)


def _unlisted_labels(
    files: Iterable[LabelmeFile], listed: Container[str]
) -> list[str]:
    """A problem for each label that is not a class."""
    first_file: dict[str, pathlib.Path] = {}
    for file in files:
        for shape in file.shapes:
            if shape.label not in listed:
                first_file.setdefault(shape.label, file.path)
    return [
        f"{path} has the label {label!r}, which classes.txt does not name: "
        "add a line for it there, or correct it in labelme."
        for label, path in first_file.items()
    ]


def _find_photos(
    folder: pathlib.Path, files: Mapping[str, LabelmeFile]
) -> tuple[list[LabeledPhoto], list[str]]:
    """Photos with their files, and a problem for each file without a photo."""
    finder = LabelmePhotos(folder)
    photos, problems = [], []
    label_file: dict[pathlib.Path, pathlib.Path] = {}
    for name, file in files.items():
        try:
            photo = finder.find(file)
        except InputError as error:
            problems.append(str(error))
            continue
        other = label_file.setdefault(photo, file.path)
        if other == file.path:
            photos.append(LabeledPhoto(name, photo, file.path))
        else:
            problems.append(
                f"{other} and {file.path} name the same photo, {photo}: "
                "remove one of them, or correct its imagePath."
            )
    return photos, problems


def _read_photo(path: pathlib.Path) -> np.ndarray:
    content = embedded_photo(path) if is_json(path) else None
    return read_image(path, content)


def _photo_size(path: pathlib.Path) -> tuple[int, int]:
    content = embedded_photo(path) if is_json(path) else None
    return photo_size(path, content)


def _read_mask(
    files: Mapping[pathlib.Path, LabelmeFile],
    label_of: Mapping[str, int],
    photo: LabeledPhoto,
) -> np.ndarray:
    file = files[photo.mask]
    size = _photo_size(photo.image)
    # Before memory is taken for a size that stands in a file.
    refuse_other_size(photo.mask, file.size or size, photo.image, size)
    elsewhere = label_of.get(BACKGROUND, IGNORE_LABEL)
    return file.draw(size, label_of, elsewhere)


def _print_points(files: Iterable[LabelmeFile]) -> None:
    pointed = [file for file in files if file.num_points]
    if pointed:
        print(
            f"Points have no area and are left out: "
            f"{sum(file.num_points for file in pointed)} of them, the first "
            f"in {pointed[0].path}.",
            file=sys.stderr,
        )
