"""Pictures opened by Pillow: of known formats and of bounded size only."""

import contextlib
import io
import pathlib
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator

from PIL import Image

from keras_rcnn.errors import InputError

# Exceptions of Pillow for files that are broken or not pictures.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
)
# Formats of photos only: some other readers of Pillow start programs.
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
# In pixels. A longer photo is thin, and takes far more memory once padded.
_MAX_SIDE = 2**18
# Python's warning filters are global to all threads.
_WARNINGS_OFF = threading.Lock()


class TooManyPixelsError(InputError):
    """A picture is beyond the limit that `allow_megapixels` sets."""


@contextlib.contextmanager
def open_picture(
    path: str | pathlib.Path,
    content: bytes | None = None,
    formats: tuple[str, ...] = FORMATS,
) -> Iterator[Image.Image]:
    """A picture of which only the header was read.

    Nothing else in the package calls `Image.open`.

    Args:
        path: the file.
        content: bytes of the file, if they were read already.
        formats: Pillow's names of the formats that it may have.

    Raises:
        TooManyPixelsError: if it has more pixels than `allow_megapixels`
            allows.
        UNREADABLE: any of these if the file is missing or broken.
    """
    file = path if content is None else io.BytesIO(content)
    with _WARNINGS_OFF, warnings.catch_warnings():
        # Pillow warns about metadata that does not change the pixels.
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=formats) as image:
                _guard(image)
                yield image
        except Image.DecompressionBombError as error:
            raise TooManyPixelsError(
                f"{path} has more than {Image.MAX_IMAGE_PIXELS} pixels, or "
                f"more than {_MAX_SIDE} along a side: scale it down."
            ) from error


def allow_megapixels(megapixels: float) -> None:
    """Sets the maximum size of pictures, instead of Pillow's limit.

    A file of a few kilobytes can hold a picture that fills the memory.
    """
    Image.MAX_IMAGE_PIXELS = round(megapixels * 1e6)


def _guard(image: Image.Image) -> None:
    # Pillow itself only warns, up to twice the limit.
    limit = Image.MAX_IMAGE_PIXELS
    too_many = limit is not None and image.width * image.height > limit
    if too_many or max(image.size) > _MAX_SIDE:
        raise Image.DecompressionBombError
