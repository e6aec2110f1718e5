"""Pictures inside HTML pages."""

import base64
import dataclasses
import io

import numpy as np
from PIL import Image

from keras_rcnn.io.pictures import open_picture


@dataclasses.dataclass(frozen=True)
class PagePicture:
    """A picture with its texts, as the templates show it.

    Args:
        content: JPEG or PNG file.
        alt: describes the picture to readers who do not see it.
        caption: text below the picture, if any.
    """

    content: bytes
    alt: str
    caption: str = ""

    @property
    def uri(self) -> str:
        """The whole file as an address."""
        kind = "png" if self.content.startswith(b"\x89PNG") else "jpeg"
        data = base64.b64encode(self.content).decode()
        return f"data:image/{kind};base64,{data}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        with open_picture("picture", self.content) as image:
            return image.size


def encode_picture(picture: np.ndarray, side: int, is_photo: bool) -> bytes:
    """A picture as a file, scaled down.

    Args:
        picture: uint8 `(height, width, 3)`.
        side: maximum of width and height, in pixels.
        is_photo: whether to write JPEG and to average pixels; otherwise PNG
            without new colors.
    """
    image = Image.fromarray(picture)
    filters = Image.Resampling
    image.thumbnail(
        (side, side),
        filters.BOX if is_photo else filters.NEAREST,
        reducing_gap=None,
    )
    content = io.BytesIO()
    if is_photo:
        image.save(content, "JPEG", quality=80)
    else:
        image.save(content, "PNG", optimize=True)
    return content.getvalue()
