"""Photos too large for the memory, read strip by strip."""

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image

from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io.images import on_white, open_photo, read_image
from keras_rcnn.io.raw_picture import RawPicture

ROWS_A_STRIP = 64
_ORIENTATION = 0x0112
_EXTRA_SAMPLES = 338
# What libvips reads from the top down.
_STREAMED = {"JPEG", "MPO", "PNG", "TIFF"}
# Bands of libvips, by the mode of Pillow that a strip of them has.
_BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}


def open_big_photo(
    path: str | pathlib.Path,
    folder: str | pathlib.Path,
    progress: Callable[[int], None] = lambda pixels: None,
) -> RawPicture:
    """The pixels that `read_image` gives, on disk instead of in memory.

    JPEG, PNG and TIFF files are read strip by strip, but for rare kinds of
    them (TIFF of floats, say). Those and all other formats, and progressive
    JPEG files and interlaced PNG files by their nature, are in memory for a
    moment.

    Args:
        path: as for `read_image`.
        folder: where there is room for the pixels.
        progress: called after each strip with the pixels in it.

    Returns:
        A picture to be closed, as by `with`.

    Raises:
        InputError: as `read_image`, or if the disk is full.
    """
    with open_photo(path) as image:
        mode = _strip_mode(image)
        orientation = image.getexif().get(_ORIENTATION, 1)
    if orientation not in range(1, 9):
        orientation = 1
    source = _open_by_vips(path, mode) if mode else None
    if source is None or mode is None:
        return _from_memory(read_image(path), folder, progress)
    picture = RawPicture(folder, source.height, source.width, orientation)
    try:
        for strip in _strips(path, source, mode):
            picture.append(strip)
            progress(strip.shape[0] * strip.shape[1])
    except BaseException:
        picture.close()
        raise
    return picture


def scaled_strips(
    picture: RawPicture, height: int, width: int
) -> Iterator[np.ndarray]:
    """A picture scaled down as `scale_down` does, strip by strip.

    Args:
        picture: of any size.
        height: to scale to, in pixels.
        width: to scale to, in pixels.

    Yields:
        From top to bottom uint8 `(rows, width, 3)`.
    """
    full_height, full_width, _ = picture.shape
    factor = full_height / height
    rows = max(1, int(ROWS_A_STRIP / factor))
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first = int(top * factor)
        last = min(int(np.ceil(bottom * factor)), full_height)
        strip = Image.fromarray(picture[first:last, 0:full_width])
        # Fractions of a row at both ends count as much as they cover.
        box = (
            0,
            top * factor - first,
            full_width,
            min(bottom * factor, full_height) - first,
        )
        yield np.asarray(
            strip.resize((width, bottom - top), Image.Resampling.BOX, box)
        )


def _strip_mode(image: Image.Image) -> str | None:
    """The mode of Pillow in which strips of a photo come; None if unknown."""
    clear = image.has_transparency_data
    # Colors that were multiplied by their opacity, Pillow divides again.
    multiplied = getattr(image, "tag_v2", {}).get(_EXTRA_SAMPLES) == (1,)
    if image.format not in _STREAMED or (clear and multiplied):
        return None
    if image.mode.startswith("I;16"):
        return None if clear else "L"
    if image.mode in ("1", "L", "LA"):
        return "LA" if clear else "L"
    if image.mode in ("P", "RGB", "RGBA"):
        return "RGBA" if clear else "RGB"
    return "CMYK" if image.mode == "CMYK" else None


def _open_by_vips(path: str | pathlib.Path, mode: str) -> Any | None:
    """The photo as libvips reads it, if strips of it fit the mode."""
    pyvips = _pyvips()
    # Strips are read once each.
    pyvips.cache_set_max(0)
    try:
        source = pyvips.Image.new_from_file(
            str(path), access="sequential", fail_on="error"
        )
    except pyvips.Error as error:
        raise _broken(path, error) from error
    if source.interpretation in ("b-w", "gray16") and mode in ("RGB", "RGBA"):
        # A palette of grays.
        source = source.colourspace("srgb")
    fits = source.bands == _BANDS[mode] and source.format in (
        "uchar",
        "ushort",
    )
    return source if fits else None


def _strips(
    path: str | pathlib.Path, source: Any, mode: str
) -> Iterator[np.ndarray]:
    pyvips = _pyvips()
    region = pyvips.Region.new(source)
    depth = np.dtype("uint8" if source.format == "uchar" else "uint16")
    for top in range(0, source.height, ROWS_A_STRIP):
        rows = min(ROWS_A_STRIP, source.height - top)
        try:
            data = region.fetch(0, top, source.width, rows)
        except pyvips.Error as error:
            raise _broken(path, error) from error
        pixels = np.frombuffer(data, depth)
        pixels = pixels.reshape(rows, source.width, source.bands)
        if depth.itemsize == 2 and source.bands > 1:
            # As Pillow reads colors of 16 bits.
            pixels = (pixels // 256).astype(np.uint8)
        if source.bands == 1:
            pixels = pixels[..., 0]
        strip = Image.fromarray(pixels)
        if mode == "CMYK":
            strip = Image.frombytes(mode, strip.size, pixels.tobytes())
        yield np.asarray(on_white(strip))


def _pyvips() -> Any:
    try:
        import pyvips
    except ImportError as error:
        raise missing_extra("A photo larger than the memory", "big") from error
    return pyvips


def _from_memory(
    image: np.ndarray,
    folder: str | pathlib.Path,
    progress: Callable[[int], None],
) -> RawPicture:
    picture = RawPicture(folder, *image.shape[:2])
    picture.append(image)
    progress(image.shape[0] * image.shape[1])
    return picture


def _broken(path: str | pathlib.Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split()).removeprefix("unable to call ")
    return InputError(f"{path} is broken ({reason}): copy or save it again.")
