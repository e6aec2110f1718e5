"""The Pascal VOC layout, as annotation tools export it."""

import pathlib
from collections.abc import Iterable, Mapping

import numpy as np
from PIL import Image

from keras_rcnn.datasets.layout import (
    FolderLayout,
    LabelledPhoto,
    find_files,
    is_photo,
)
from keras_rcnn.datasets.masks import INDEX_MODES, mask_values, open_mask
from keras_rcnn.datasets.scene_dataset import IGNORE_LABEL
from keras_rcnn.errors import InputError

Colour = tuple[int, int, int]

BACKGROUND = "background"
BORDER_COLOUR: Colour = (224, 224, 192)


def voc_layout(folder: pathlib.Path) -> FolderLayout:
    """The photos and classes of a folder in Pascal VOC layout.

        JPEGImages/               photos
        SegmentationClass/        their masks: colours as in labelmap.txt,
                                  direct or through a palette; a grey mask
                                  holds the number of the line, from 0 on
        ImageSets/Segmentation/   optional lists of names: train.txt, ...
        labelmap.txt              a line `name:red,green,blue:parts:actions`
                                  for each class

    The class `background` is what annotation tools write where nobody drew
    anything, so its pixels are unknown. To make it a class of its own, give
    it another name in labelmap.txt. VOC's border colour is unknown too.

    The photos that any list names are used, or those with a mask if there is
    no list. `test` is what test.txt lists, or else val.txt; without either,
    a fifth of the photos, always the same ones. All others are `train`.

    Raises:
        InputError: naming the file and the mend, if labelmap.txt cannot be
            used, or one of the folders or every mask is missing.
    """
    colours = _read_labelmap(folder / "labelmap.txt")
    images, problems = find_files(folder / "JPEGImages", is_photo)
    masks, more_problems = find_files(
        folder / "SegmentationClass",
        lambda path: path.suffix.lower() == ".png",
    )
    lists = _read_lists(folder / "ImageSets" / "Segmentation")
    listed = sorted({name for names in lists.values() for name in names})
    names = dict.fromkeys(listed or masks)
    classes = {name: c for name, c in colours.items() if name != BACKGROUND}
    return FolderLayout(
        class_names=tuple(classes),
        palette=tuple(classes.values()),
        photos=[
            LabelledPhoto(name, images[name], masks[name])
            for name in names
            if name in images and name in masks
        ],
        test_names=lists.get("test", lists.get("val")),
        read_mask=lambda path: _read_mask(path, colours),
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
        f"{folder / kind} has no {name}: {mend}."
        for name in names
        for files, kind, mend in (
            (
                images,
                "JPEGImages",
                "put the photo there, or take the name out of "
                "ImageSets/Segmentation and the mask away",
            ),
            (
                masks,
                "SegmentationClass",
                "put the mask there or, as CVAT lists photos that nobody drew "
                "on, delete ImageSets to use those with a mask",
            ),
        )
        if name not in files
    ]


def _read_labelmap(path: pathlib.Path) -> dict[str, Colour]:
    if not path.is_file():
        raise InputError(
            f"{path} is missing: write a line `name:red,green,blue::` into it "
            "for each class."
        )
    colours: dict[str, Colour] = {}
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        try:
            red, green, blue = map(int, rest.split(":")[0].split(","))
            bytes((red, green, blue))
        except ValueError as error:
            raise InputError(
                f"{path} has a line {line!r}: write it as "
                "`name:red,green,blue::`, colours from 0 to 255."
            ) from error
        if name in colours or (red, green, blue) in colours.values():
            raise InputError(
                f"{path} gives the name or the colour of the line {line!r} "
                "twice: make both different for each class."
            )
        colours[name] = red, green, blue
    return colours


def _read_lists(folder: pathlib.Path) -> dict[str, frozenset[str]]:
    """Names in each list that names any."""
    lists = {}
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        lines = text.splitlines()
        names = frozenset(line.strip() for line in lines if line.strip())
        if names:
            lists[path.stem.lower()] = names
    return lists


def _read_mask(path: pathlib.Path, colours: Mapping[str, Colour]) -> np.ndarray:
    """Labels of a mask, uint8 `(height, width)`."""
    label_of_line = np.full(256, IGNORE_LABEL, np.uint8)
    names = [name for name in colours if name != BACKGROUND]
    for line, name in enumerate(colours):
        if name in names:
            label_of_line[line] = names.index(name)
    mask = open_mask(path)
    if mask.mode in INDEX_MODES and mask.mode != "P":
        lines = mask_values(path, mask)
        wrong = lines[(lines >= len(colours)) & (lines != IGNORE_LABEL)]
        if wrong.size:
            raise _not_in_labelmap(path, f"the value {wrong.max()}")
        return label_of_line[lines]
    return label_of_line[_lines_of_colours(path, mask, colours)]


def _lines_of_colours(
    path: pathlib.Path, mask: Image.Image, colours: Mapping[str, Colour]
) -> np.ndarray:
    """Number of the line in labelmap.txt of each pixel, 255 for unknown."""
    pixels = np.asarray(mask.convert("RGB"))
    codes, inverse = np.unique(_codes(pixels), return_inverse=True)
    numbers = _codes(np.array(list(colours.values()))).tolist()
    known = {int(_codes(np.array(BORDER_COLOUR))): IGNORE_LABEL}
    known |= {number: line for line, number in enumerate(numbers)}
    for code in codes.tolist():
        if code not in known:
            colour = code >> 16, code >> 8 & 255, code & 255
            raise _not_in_labelmap(path, f"the colour {colour}")
    lines = np.array([known[code] for code in codes.tolist()])
    return lines[inverse].reshape(pixels.shape[:2])


def _codes(colours: np.ndarray) -> np.ndarray:
    """One integer for each colour `(..., 3)`."""
    return colours.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])


def _not_in_labelmap(path: pathlib.Path, what: str) -> InputError:
    return InputError(
        f"{path} holds {what}, which labelmap.txt does not know: add a line "
        "for it there, or export the masks again."
    )
