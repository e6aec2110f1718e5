"""Reading photos, and writing pictures to files."""

import contextlib
import io
import os
import pathlib
from collections.abc import Iterator, Mapping

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

from keras_rcnn.errors import InputError
from keras_rcnn.io.files import write_file
from keras_rcnn.io.pictures import UNREADABLE, open_picture

PHOTO_SUFFIXES = frozenset(
    ".bmp .gif .jfif .jpe .jpeg .jpg .mpo .png .ppm .tif .tiff .webp".split()
)
# Where Pillow finds an orientation besides EXIF, which others do not honor.
_XMP = ("xmp", "XML:com.adobe.xmp")


def read_image(
    path: str | pathlib.Path, content: bytes | None = None
) -> np.ndarray:
    """A photo as people see it: upright, in color, on white.

    The EXIF orientation is applied, gray becomes RGB, transparent pixels become
    white, and 16 bits are scaled to 8.

    Args:
        path: file in one of the formats of `PHOTO_SUFFIXES`.
        content: bytes of the file, if they were read already. Errors then use
            `path` as the name.

    Returns:
        uint8 `(height, width, 3)`.

    Raises:
        InputError: if the file is missing, is not a picture, is broken, holds
            floats, or has more pixels than the protection against
            decompression bombs allows (see `allow_megapixels`).
    """
    with open_photo(path, content) as image:
        image.load()
        _forget_xmp(image)
        return np.array(on_white(ImageOps.exif_transpose(image)))


@contextlib.contextmanager
def open_photo(
    path: str | pathlib.Path, content: bytes | None = None
) -> Iterator[Image.Image]:
    """A photo opened by Pillow, which has read only its header.

    Args:
        path: file of the photo.
        content: bytes of the file, if they were read already.

    Raises:
        InputError: for the reasons of `read_image`; errors of Pillow inside
            the block are converted as well.
    """
    try:
        with open_picture(path, content) as image:
            _forget_xmp(image)
            if image.mode == "F":
                raise InputError(
                    f"{path} holds floats, whose black and white are unknown: "
                    "save it with 8 or 16 bits a pixel, white as 255 or 65535."
                )
            yield image
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}: check the name.") from error
    except UNREADABLE as error:
        raise InputError(_reason(path, content, error)) from error


def write_png(
    path: str | pathlib.Path, picture: np.ndarray | Image.Image
) -> None:
    """Writes a PNG file, completely or not at all.

    Args:
        path: file to write or replace.
        picture: uint8 `(height, width)` or `(height, width, 3)`.

    Raises:
        InputError: if the file cannot be written.
    """
    write_file(path, encode_png(picture))


def encode_png(
    picture: np.ndarray | Image.Image, notes: Mapping[str, str] | None = None
) -> bytes:
    """A picture as a PNG file.

    Args:
        picture: uint8 `(height, width)` or `(height, width, 3)`.
        notes: texts to store in the file, by keyword.
    """
    texts = PngImagePlugin.PngInfo()
    for keyword, text in (notes or {}).items():
        texts.add_text(keyword, text)
    content = io.BytesIO()
    image = Image.fromarray(np.asarray(picture, np.uint8))
    image.save(content, "PNG", pnginfo=texts)
    return content.getvalue()


def scale_down(image: np.ndarray, longest_side: int | None) -> np.ndarray:
    """Scales an image down to a maximum side, keeping its aspect ratio.

    Args:
        image: uint8 `(height, width, 3)`.
        longest_side: in pixels. Smaller images are returned unchanged, and so
            are all images if it is None.

    Raises:
        InputError: if the side is not at least one pixel.
    """
    height, width = scaled_size(image.shape[0], image.shape[1], longest_side)
    if (height, width) == image.shape[:2]:
        return image
    size = (width, height)
    return np.array(Image.fromarray(image).resize(size, Image.Resampling.BOX))


def scaled_size(
    height: int, width: int, longest_side: int | None
) -> tuple[int, int]:
    """Height and width of an image after `scale_down`.

    Raises:
        InputError: if the side is not at least one pixel.
    """
    if longest_side is None:
        return height, width
    if longest_side < 1:
        raise InputError(
            f"The longest side cannot be {longest_side} pixels: give 1 or more."
        )
    factor = min(1, longest_side / max(height, width))
    return max(1, round(factor * height)), max(1, round(factor * width))


def resize_labels(labels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Labels at another size; each pixel gets the nearest label.

    Args:
        labels: uint8 `(rows, columns)`.
        height: in pixels.
        width: in pixels.
    """
    if labels.shape == (height, width):
        return labels
    return np.array(
        Image.fromarray(labels).resize(
            (width, height), Image.Resampling.NEAREST
        )
    )


def on_white(image: Image.Image) -> Image.Image:
    """An RGB image with 8 bits, with transparent pixels on white."""
    if image.mode.startswith("I"):
        image = _to_8_bits(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _to_8_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("more than 16 bits for each pixel")
    # 65535 = 257 * 255, so white stays white.
    gray = (values.astype(np.uint32) + 128) // 257
    return Image.fromarray(gray.astype(np.uint8))


def _forget_xmp(image: Image.Image) -> None:
    for key in _XMP:
        image.info.pop(key, None)


def _reason(
    path: str | pathlib.Path, content: bytes | None, error: Exception
) -> str:
    if isinstance(error, Image.UnidentifiedImageError):
        size = os.path.getsize(path) if content is None else len(content)
        what = "is no picture" if size else "is empty, 0 bytes"
        return f"{path} {what}: give a whole JPEG or PNG file."
    if isinstance(error, OSError) and error.strerror:
        return f"{path} cannot be read ({error.strerror}): give a JPEG or PNG."
    return f"{path} is broken ({error}): copy or save it again."
