"""A photo of a visitor, which is kept in memory only."""

import dataclasses
import io
import pathlib
import secrets
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_rcnn.errors import InputError
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.pictures import TooManyPixelsError

# The page shows larger photos scaled down to this size.
_SHOWN_SIDE = 1280


class Settings(NamedTuple):
    """How to label a photo.

    Args:
        model: name of the network.
        longest_side: size to scale larger photos down to, in pixels.
        output_resolution: pixels from one computed label to the next.
        num_instances: how often the network is applied.
    """

    model: str
    longest_side: int
    output_resolution: int
    num_instances: int


@dataclasses.dataclass(frozen=True)
class Labeling:
    """Labels of a photo.

    Args:
        labels: uint8 `(height, width)`, labels of the scaled photo.
        seconds: time that the network took.
    """

    labels: np.ndarray
    seconds: float


class Photo:
    """A photo and the labels that were computed for it.

    The file is kept, because the pixels of a large photo take far more memory.

    `shown` is the picture on the page, a JPEG file.

    Args:
        name: name of the file.
        content: the file.
        credit: author of the photo.

    Raises:
        InputError: if the photo cannot be read or has too many pixels.
    """

    def __init__(self, name: str, content: bytes, credit: str = "") -> None:
        self.name = name
        self.content = content
        self.credit = credit
        # Hard to guess, because anybody who knows it can download the photo.
        self.token = secrets.token_urlsafe(16)
        self.labelings: dict[Settings, Labeling] = {}
        self._scaled: dict[int, np.ndarray] = {}
        pixels = self.pixels()
        self.height, self.width = pixels.shape[:2]
        self.shown = _jpeg(scale_down(pixels, _SHOWN_SIDE))

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return pathlib.PurePath(self.name).stem or "photo"

    def pixels(self) -> np.ndarray:
        """The photo upright, uint8 `(height, width, 3)`."""
        try:
            return read_image(self.name, self.content)
        except TooManyPixelsError as error:
            limit = (Image.MAX_IMAGE_PIXELS or 0) / 1e6
            raise InputError(
                f"{self.name} has more than {limit:g} megapixels, the maximum "
                "of this page: scale it down."
            ) from error

    def scaled(self, longest_side: int) -> np.ndarray:
        """The photo scaled down for labeling."""
        scaled = self._scaled.get(longest_side)
        if scaled is None:
            scaled = scale_down(self.pixels(), longest_side)
            # One size is enough: visitors rarely change it.
            self._scaled = {longest_side: scaled}
        return scaled


def _jpeg(picture: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=88)
    return content.getvalue()
