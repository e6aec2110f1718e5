"""A photo that a visitor gave, in memory alone."""

import dataclasses
import io
import pathlib
import secrets
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_rcnn.errors import InputError
from keras_rcnn.io.images import read_image, scale_down

# What the page shows of a larger photo.
_SHOWN_SIDE = 1280


class Settings(NamedTuple):
    """How to label a photo.

    Args:
        model: name of the network.
        longest_side: to scale larger photos down to, in pixels.
        output_resolution: pixels from one computed label to the next.
        num_instances: how often to apply the network.
    """

    model: str
    longest_side: int
    output_resolution: int
    num_instances: int


@dataclasses.dataclass(frozen=True)
class Labeling:
    """What the network made of a photo.

    Args:
        labels: uint8 `(height, width)`, of the photo as it was scaled.
        seconds: that the network took.
    """

    labels: np.ndarray
    seconds: float


class Photo:
    """A photo and the labels that it got so far.

    It is kept as its file, as the pixels of a large one take far more memory.

    `shown` is what the page shows of it, as a JPEG file.

    Args:
        name: of its file.
        content: the file.
        credit: who took it.

    Raises:
        InputError: if it cannot be read or has too many pixels.
    """

    def __init__(self, name: str, content: bytes, credit: str = "") -> None:
        self.name = name
        self.content = content
        self.credit = credit
        # Hard to guess, as it is all that a download asks for.
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
        except InputError as error:
            if not isinstance(error.__cause__, Image.DecompressionBombError):
                raise
            most = (Image.MAX_IMAGE_PIXELS or 0) / 1e6
            raise InputError(
                f"{self.name} has more than {most:g} megapixels, the most "
                "that this page takes: scale it down."
            ) from error

    def scaled(self, longest_side: int) -> np.ndarray:
        """The photo at the size to label it at."""
        scaled = self._scaled.get(longest_side)
        if scaled is None:
            scaled = scale_down(self.pixels(), longest_side)
            # One is enough: visitors rarely change the size.
            self._scaled = {longest_side: scaled}
        return scaled


def _jpeg(picture: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=88)
    return content.getvalue()
