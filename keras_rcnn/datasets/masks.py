"""Masks: PNG files with the class of each pixel."""

import pathlib

import numpy as np
from PIL import Image

from keras_rcnn.datasets.mask_values import MaskValues, listed
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.pictures import UNREADABLE, open_picture

INDEX_MODES = ("1", "L", "P")


class UnlistedValues(InputError):
    """Masks hold values that classes.txt does not list.

    Args:
        path: the first of the masks.
        values: of the masks, listed or not.
        mask_values: the label of each value.
        others: number of other masks that hold such values.
    """

    def __init__(
        self,
        path: pathlib.Path,
        values: np.ndarray,
        mask_values: MaskValues,
        others: int = 0,
    ) -> None:
        self.path, self.mask_values, self.others = path, mask_values, others
        self.values = np.unique(values)
        masks = f"{others} other masks" if others > 1 else "another mask"
        super().__init__(
            f"{path} {f'and {masks} hold' if others else 'holds'} the "
            f"{self._named()}"
        )

    def with_mask(self, other: "UnlistedValues") -> "UnlistedValues":
        """The same about one mask more."""
        values = np.concatenate([self.values, other.values])
        return UnlistedValues(
            self.path, values, self.mask_values, self.others + 1
        )

    def _named(self) -> str:
        """The values and how to fix them."""
        wrong = self.mask_values.unlisted(self.values).tolist()
        ignored = listed([*self.mask_values.ignored, *wrong])
        if len(wrong) == 1:
            named, it, its_class = f"value {wrong[0]}", "it", "its class is"
        else:
            *most, last = map(str, wrong)
            named = f"values {', '.join(most)} and {last}"
            it, its_class = "them", "their classes are"
        ignore = f"ignore_label={ignored} if {its_class} unknown."
        if not self.mask_values.are_indices:
            return (
                f"{named}, which classes.txt does not list: add {it} to "
                f"classes there, or give {ignore}"
            )
        number = self.mask_values.num_classes
        fix = f"add the missing names, or give {ignore}"
        if self.values.min() > 0 and wrong == [number]:
            fix = "subtract 1, as no pixel is 0 and classes count from 0."
        return (
            f"{named}, but classes.txt names classes 0 to {number - 1} only: "
            f"{fix}"
        )


def open_mask(path: pathlib.Path) -> Image.Image:
    """Reads a mask.

    Raises:
        InputError: if it is not a whole PNG picture, or has 16 bits a pixel.
    """
    try:
        with open_picture(path) as mask:
            if mask.format != "PNG":
                raise InputError(
                    f"{path} holds a {mask.format} picture, which may have "
                    "changed the values of the classes: export it as PNG."
                )
            mask.load()
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError(
            f"{path} is not a whole PNG picture ({error}): export it again."
        ) from error
    if mask.mode.startswith(("I", "F")):
        raise InputError(
            f"{path} has 16 bits a pixel or more: save it with 8, one for "
            "each class index."
        )
    return mask


def stored_values(path: pathlib.Path, mask: Image.Image) -> np.ndarray:
    """Values of a single-channel or palette mask, uint8 `(height, width)`."""
    values = np.asarray(mask).astype(np.uint8)
    # Pillow scales gray levels of 2 and 4 bits to 0 to 255. This undoes it.
    return values // (255 // (2 ** _gray_bits(path) - 1))


def read_mask(path: pathlib.Path, mask_values: MaskValues) -> np.ndarray:
    """Labels of a single-channel or palette mask.

    Args:
        path: of the PNG file.
        mask_values: the label of each value.

    Returns:
        uint8 `(height, width)`, `IGNORE_LABEL` where unknown.

    Raises:
        InputError: if it is broken or has values that are not listed.
    """
    mask = open_mask(path)
    if mask.mode not in INDEX_MODES:
        raise InputError(
            f"{path} holds colors ({mask.mode}): save the class index of "
            "each pixel as a single-channel or palette PNG, or use the Pascal "
            "VOC layout, whose labelmap.txt says what each color means."
        )
    values = stored_values(path, mask)
    if mask_values.unlisted(values).size:
        raise UnlistedValues(path, values, mask_values)
    return mask_values.labels[values].astype(np.uint8)


def refuse_binary_masks(counts: np.ndarray) -> None:
    """Refuses masks in which 255 probably stands for a class.

    Args:
        counts: int `(256,)`, number of pixels of each value in all masks.

    Raises:
        InputError: if only 0 and 255 occur.
    """
    if np.flatnonzero(counts).tolist() == [0, IGNORE_LABEL]:
        raise InputError(
            f"The masks hold the values 0 and {IGNORE_LABEL} only, and "
            f"{IGNORE_LABEL} stands for unknown, so there is one class to "
            "learn: write 1 for the second class, or the values into "
            "classes.txt, as in `background = 0` and `road = 255`."
        )


def _gray_bits(path: pathlib.Path) -> int:
    with path.open("rb") as file:
        header = file.read(26)
    is_gray_png = header[:4] == b"\x89PNG" and header[25] == 0
    return header[24] if is_gray_png and header[24] in (2, 4) else 8
