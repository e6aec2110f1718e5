"""Photos that do not fit in memory, read strip by strip."""

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
# Formats that libvips reads from top to bottom.
_STREAMED = {"JPEG", "MPO", "PNG", "TIFF"}
# Number of bands in libvips for a strip in each mode of Pillow.
_BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}


def open_big_photo(
    path: str | pathlib.Path,
    folder: str | pathlib.Path,
    progress: Callable[[int], None] = lambda pixels: None,
) -> RawPicture:
    """The pixels that `read_image` gives, on disk instead of in memory.

    JPEG, PNG and TIFF files are read strip by strip. Rare kinds of them, such
    as TIFF files of floats, and all other formats are in memory for a moment.
    So are progressive JPEG files and interlaced PNG files, which cannot be
    decoded in strips.

    Args:
        path: of the photo.
        folder: folder with enough space for the pixels, 3 bytes each.
        progress: called after each strip with its number of pixels.

    Returns:
        A picture, to be closed by `with` or `close`.

    Raises:
        InputError: for the reasons of `read_image`, if the disk is full, or if
            pyvips is not installed.
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
    """Scales a picture down like `scale_down`, strip by strip.

    Args:
        picture: of any size.
        height: of the result, in pixels.
        width: of the result, in pixels.

    Yields:
        Strips from top to bottom, uint8 `(rows, width, 3)`.
    """
    full_height, full_width, _ = picture.shape
    factor = full_height / height
    rows = max(1, int(ROWS_A_STRIP / factor))
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first = int(top * factor)
        last = min(int(np.ceil(bottom * factor)), full_height)
        strip = Image.fromarray(picture[first:last, 0:full_width])
        # The rows at both ends count by the fraction inside the strip.
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
    """Pillow's mode for strips of a photo; None if it is read as a whole."""
    clear = image.has_transparency_data
    # Pillow divides colors that were multiplied by their opacity.
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
    """The photo opened by libvips; None if its bands do not fit the mode."""
    pyvips = _pyvips()
    # Every strip is read only once.
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
            # Pillow converts colors of 16 bits in this way.
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
