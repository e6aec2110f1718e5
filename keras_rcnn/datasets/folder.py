"""Labelled photos in a folder of your own."""

import colorsys
import pathlib
import re
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tqdm
from PIL import Image

from keras_rcnn.datasets.layout import (
    FolderLayout,
    LabelledPhoto,
    files_by_name,
    is_photo,
)
from keras_rcnn.datasets.masks import read_mask
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.splits import folds
from keras_rcnn.datasets.voc import voc_layout
from keras_rcnn.errors import InputError

MAX_CLASSES = 255


def load_folder(
    folder: str | pathlib.Path,
    split: str = "train",
    longest_side: int | None = None,
) -> SceneDataset:
    """Reads the labelled photos of a folder into memory.

    Two layouts are known. The plain one:

        images/   photos, JPEG or PNG or whatever else Pillow reads
        masks/    for each photo a PNG of the same name and size, a single
                  channel or a palette, value = class index, 255 = unknown
        classes.txt   a name a line, class 0 first, each optionally followed
                  by its colour, as in `sky #87ceeb`

    A fifth of the photos is `test`, always the same ones. The other layout
    is Pascal VOC, which annotation tools export; see `voc_layout`.

    Args:
        folder: holds either layout.
        split: `train`, `test` or `all`.
        longest_side: photos and masks longer than this, in pixels, are scaled
            down to it. Each pixel takes four bytes of memory.

    Raises:
        InputError: naming the file and the mend, if anything cannot be used.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}: name one that exists.")
    if longest_side is not None and longest_side < 1:
        raise InputError(
            f"The longest side cannot be {longest_side} pixels: give 1 or more."
        )
    is_voc = any(
        (folder / name).exists() for name in ("JPEGImages", "labelmap.txt")
    )
    layout = voc_layout(folder) if is_voc else _plain_layout(folder)
    _check_classes(folder, layout)
    return _read(folder, layout, _of_split(layout, split), longest_side)


def _of_split(layout: FolderLayout, split: str) -> list[LabelledPhoto]:
    photos = layout.photos
    if split == "all":
        return photos
    if len(photos) < 2:
        raise InputError(
            f"{photos[0].image} is the only labelled photo: at least two are "
            "needed, one to train and one to test."
        )
    test_names = layout.test_names
    if test_names is None:
        fold_of = folds([photo.name for photo in photos])
        test_names = frozenset(
            photo.name
            for photo, fold in zip(photos, fold_of, strict=True)
            if fold == 0
        )
    return [
        photo
        for photo in photos
        if (photo.name in test_names) == (split == "test")
    ]


def _read(
    folder: pathlib.Path,
    layout: FolderLayout,
    photos: Sequence[LabelledPhoto],
    longest_side: int | None,
) -> SceneDataset:
    if not photos:
        raise InputError(
            f"No photo of {folder} is left for this split: list some in "
            "ImageSets/Segmentation, or delete that folder for an even split."
        )
    images, labels, sizes = [], [], []
    for photo in tqdm.tqdm(
        photos, "Reading photos", unit="photo", disable=None
    ):
        image, label = _read_photo(layout, photo, longest_side)
        images.append(image.tobytes())
        labels.append(label.tobytes())
        sizes.append(label.shape)
    names = [photo.name for photo in photos]
    # Sizes differ, hence bytes; TensorFlow unpacks them without Python.
    encoded = tf.data.Dataset.from_tensor_slices((images, labels, sizes, names))
    return SceneDataset(
        name=folder.resolve().name,
        class_names=layout.class_names,
        palette=layout.palette,
        examples=encoded.map(_unpack, tf.data.AUTOTUNE),
        num_examples=len(photos),
    )


def _unpack(
    image: tf.Tensor, label: tf.Tensor, size: tf.Tensor, name: tf.Tensor
) -> dict[str, tf.Tensor]:
    image = tf.reshape(tf.io.decode_raw(image, tf.uint8), (*size, 3))
    label = tf.reshape(tf.io.decode_raw(label, tf.uint8), size)
    return {
        "image": tf.ensure_shape(image, (None, None, 3)),
        "label": tf.ensure_shape(label, (None, None)),
        "name": name,
    }


def _read_photo(
    layout: FolderLayout, photo: LabelledPhoto, longest_side: int | None
) -> tuple[np.ndarray, np.ndarray]:
    from keras_rcnn.images import read_image  # TEMPORARY

    image = read_image(photo.image)
    label = layout.read_mask(photo.mask)
    height, width = image.shape[:2]
    if label.shape != (height, width):
        mend = (
            "the photo carries an EXIF mark that turns it, so export the mask "
            "turned as well or save the photo upright"
            if label.shape == (width, height)
            else "both must be of one size"
        )
        raise InputError(
            f"{photo.mask} is {label.shape[1]}x{label.shape[0]} pixels and "
            f"its photo {photo.image} is {width}x{height}: {mend}."
        )
    if longest_side is None or max(height, width) <= longest_side:
        return image, label
    scale = longest_side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return _resize(image, size, Image.Resampling.BOX), _resize(
        label, size, Image.Resampling.NEAREST
    )


def _resize(
    picture: np.ndarray, size: tuple[int, int], resampling: Image.Resampling
) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize(size, resampling))


def _plain_layout(folder: pathlib.Path) -> FolderLayout:
    class_names, palette = _read_classes(folder / "classes.txt")
    images = files_by_name(folder / "images", is_photo)
    masks = files_by_name(
        folder / "masks", lambda path: path.suffix.lower() == ".png"
    )
    for name, path in images.items():
        if name not in masks:
            raise InputError(
                f"{path} has no mask: put {folder / 'masks' / name}.png there "
                "or remove the photo."
            )
    for name, path in masks.items():
        if name not in images:
            raise InputError(
                f"{path} has no photo: put one of the same name into "
                f"{folder / 'images'} or remove the mask."
            )
    if not images:
        raise InputError(
            f"{folder} holds no photo: put photos into images/ and their "
            "masks, under the same names, into masks/."
        )
    return FolderLayout(
        class_names=class_names,
        palette=palette,
        photos=[
            LabelledPhoto(name, path, masks[name])
            for name, path in images.items()
        ],
        test_names=None,
        read_mask=lambda path: read_mask(path, len(class_names)),
    )


def _read_classes(
    path: pathlib.Path,
) -> tuple[tuple[str, ...], tuple[tuple[int, int, int], ...]]:
    """Names and colours of classes.txt; empty lines do not count."""
    if not path.is_file():
        raise InputError(
            f"{path} is missing: write the class names into it, one a line, "
            "class 0 first (or use the Pascal VOC layout with labelmap.txt)."
        )
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    names, palette = [], []
    for line, colour in zip(lines, default_palette(len(lines)), strict=True):
        name, code = re.fullmatch(
            r"(.*?)(?:\s+#([0-9a-fA-F]{6}))?", line
        ).groups()
        names.append(name)
        red, green, blue = bytes.fromhex(code) if code else colour
        palette.append((red, green, blue))
    return tuple(names), tuple(palette)


def _check_classes(folder: pathlib.Path, layout: FolderLayout) -> None:
    names = layout.class_names
    if not 2 <= len(names) <= MAX_CLASSES:
        raise InputError(
            f"{folder} names {len(names)} classes: name 2 to {MAX_CLASSES} "
            "(a `background` of Pascal VOC counts as unknown unless it is "
            "renamed in labelmap.txt)."
        )
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"{folder} names the class {name!r} twice: rename one."
            )


def default_palette(count: int) -> tuple[tuple[int, int, int], ...]:
    """Colours that differ from each other, for classes that come without."""
    palette = []
    for index in range(count):
        # The golden ratio spreads any number of hues over the circle.
        hue = (0.55 + index * 0.618034) % 1
        value = (0.95, 0.7, 0.45)[index % 3]
        colour = colorsys.hsv_to_rgb(hue, 0.75, value)
        red, green, blue = (round(255 * channel) for channel in colour)
        palette.append((red, green, blue))
    return tuple(palette)
