"""The Pascal VOC layout, as annotation tools export it."""

import pathlib
from collections.abc import Container, Iterable, Mapping

import numpy as np
from PIL import Image

from keras_rcnn.datasets.layout import (
    FolderLayout,
    LabeledPhoto,
    find_files,
    is_photo,
    normalized,
)
from keras_rcnn.datasets.masks import INDEX_MODES, open_mask, stored_values
from keras_rcnn.datasets.plain import IGNORED
from keras_rcnn.errors import InputError, printable
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.text_files import read_text

Color = tuple[int, int, int]

BACKGROUND = "background"
# Names of classes whose pixels are unknown.
UNKNOWN = (BACKGROUND, IGNORED)
BORDER_COLOR: Color = (224, 224, 192)


def voc_layout(folder: pathlib.Path) -> FolderLayout:
    """Photos and classes of a folder in Pascal VOC layout.

        JPEGImages/               photos
        SegmentationClass/        their masks in the colors of labelmap.txt,
                                  RGB or palette; a gray mask holds numbers of
                                  lines of labelmap.txt, starting at 0
        ImageSets/Segmentation/   optional lists of names: train.txt, ...
        labelmap.txt              a line `name:red,green,blue:parts:actions`
                                  for each class

    Annotation tools give the class `background` to pixels without annotation,
    so these are unknown, as are pixels of the class `__ignore__`. To make them
    a class, give it another name in labelmap.txt. Pixels in VOC's border color
    are unknown, too.

    The photos in any of the lists are used, or those with a mask if there are
    no lists. The test split is the list test.txt, or else val.txt, or else
    about a fifth of the photos. All other photos are the training split.

    Raises:
        InputError: if labelmap.txt cannot be used, if a folder is missing, or
            if there is no mask.
    """
    colors = _read_labelmap(folder / "labelmap.txt")
    images, problems = find_files(folder / "JPEGImages", is_photo)
    masks, more_problems = find_files(
        folder / "SegmentationClass",
        lambda path: path.suffix.lower() == ".png",
    )
    lists = _read_lists(
        folder / "ImageSets" / "Segmentation", images.keys() | masks.keys()
    )
    listed = sorted({name for names in lists.values() for name in names})
    names = dict.fromkeys(listed or masks)
    classes = {name: c for name, c in colors.items() if name not in UNKNOWN}
    return FolderLayout(
        class_names=tuple(classes),
        palette=tuple(classes.values()),
        photos=[
            LabeledPhoto(name, images[name], masks[name])
            for name in names
            if name in images and name in masks
        ],
        test_names=lists.get("test", lists.get("val")),
        read_mask=lambda photo: _read_mask(photo.mask, colors),
        problems=(
            *problems,
            *more_problems,
            *_missing_files(folder, names, images, masks),
        ),
        unused=tuple(
            path for name, path in images.items() if name not in names
        ),
    )


def _missing_files(
    folder: pathlib.Path,
    names: Iterable[str],
    images: Mapping[str, pathlib.Path],
    masks: Mapping[str, pathlib.Path],
) -> list[str]:
    if not names:
        raise InputError(
            f"{folder / 'SegmentationClass'} holds no mask: export the "
            "annotations with their masks."
        )
    return [
        f"{folder / kind} has no {name}: {fix}."
        for name in names
        for files, kind, fix in (
            (
                images,
                "JPEGImages",
                "put the photo there, or remove the mask and the name in "
                "ImageSets/Segmentation",
            ),
            (
                masks,
                "SegmentationClass",
                "put the mask there or, as CVAT also lists photos without "
                "annotation, delete ImageSets to use those with a mask",
            ),
        )
        if name not in files
    ]


def _read_labelmap(path: pathlib.Path) -> dict[str, Color]:
    if not path.is_file():
        raise InputError(
            f"{path} is missing: write a line `name:red,green,blue::` into it "
            "for each class."
        )
    colors: dict[str, Color] = {}
    taken: set[Color] = set()
    for line in map(str.strip, read_text(path).splitlines()):
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        try:
            red, green, blue = map(int, rest.split(":")[0].split(","))
            bytes((red, green, blue))
        except ValueError as error:
            raise InputError(
                f"{path} has a line {line!r}: write it as "
                "`name:red,green,blue::`, colors from 0 to 255."
            ) from error
        if printable(name) != name:
            raise InputError(
                f"{path} has a line {line!r} with control characters: remove "
                "them."
            )
        if name in colors or (red, green, blue) in taken:
            raise InputError(
                f"{path} gives the name or the color of the line {line!r} "
                "twice: make both different for each class."
            )
        colors[name] = red, green, blue
        taken.add(colors[name])
    return colors


def _read_lists(
    folder: pathlib.Path, known: Container[str]
) -> dict[str, frozenset[str]]:
    """Names in each list that is not empty."""
    lists = {}
    for path in sorted(folder.glob("*.txt")):
        lines = map(str.strip, read_text(path).splitlines())
        names = frozenset(_listed_name(line, known) for line in lines if line)
        if names:
            lists[path.stem.lower()] = names
    return lists


def _listed_name(line: str, known: Container[str]) -> str:
    """The name in a line of a list.

    Programs write names, files with their suffix, paths of photos, or pairs of
    photos and masks, and may add a number that marks a class.
    """
    line = normalized(line)
    first = line.split()[0]
    for text in (line, first):
        path = pathlib.PurePosixPath(text.replace("\\", "/"))
        for name in (path.as_posix(), path.with_suffix("").as_posix()):
            _, _, below = name.rpartition("JPEGImages/")
            if below in known:
                return below
    return line


def _read_mask(path: pathlib.Path, colors: Mapping[str, Color]) -> np.ndarray:
    """Labels of a mask, uint8 `(height, width)`."""
    label_of_line = np.full(256, IGNORE_LABEL, np.uint8)
    names = [name for name in colors if name not in UNKNOWN]
    for line, name in enumerate(colors):
        if name in names:
            label_of_line[line] = names.index(name)
    mask = open_mask(path)
    if mask.mode in INDEX_MODES and mask.mode != "P":
        lines = stored_values(path, mask)
        wrong = lines[(lines >= len(colors)) & (lines != IGNORE_LABEL)]
        if wrong.size:
            raise _not_in_labelmap(path, f"the value {wrong.max()}")
        return label_of_line[lines]
    return label_of_line[_lines_of_colors(path, mask, colors)]


def _lines_of_colors(
    path: pathlib.Path, mask: Image.Image, colors: Mapping[str, Color]
) -> np.ndarray:
    """Line in labelmap.txt for each pixel; `IGNORE_LABEL` for unknown."""
    pixels = np.asarray(mask.convert("RGB"))
    codes, inverse = np.unique(_codes(pixels), return_inverse=True)
    numbers = _codes(np.array(list(colors.values()))).tolist()
    known = {int(_codes(np.array(BORDER_COLOR))): IGNORE_LABEL}
    known |= {number: line for line, number in enumerate(numbers)}
    for code in codes.tolist():
        if code not in known:
            color = code >> 16, code >> 8 & 255, code & 255
            raise _not_in_labelmap(path, f"the color {color}")
    lines = np.array([known[code] for code in codes.tolist()])
    return lines[inverse].reshape(pixels.shape[:2])


def _codes(colors: np.ndarray) -> np.ndarray:
    """An integer `(...)` for each color `(..., 3)`."""
    return colors.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])


def _not_in_labelmap(path: pathlib.Path, what: str) -> InputError:
    return InputError(
        f"{path} holds {what}, which labelmap.txt does not have: add a line "
        "for it there, or export the masks again."
    )
