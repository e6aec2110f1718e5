"""PNG files that are written band by band."""

import pathlib
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np

from keras_rcnn.io.files import file_to_write

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAY, _COLOR, _PALETTE = 0, 2, 3

Append = Callable[[np.ndarray], None]


@contextmanager
def open_png(
    path: str | pathlib.Path,
    height: int,
    width: int,
    palette: Sequence[Sequence[int]] | None = None,
    in_color: bool = False,
) -> Iterator[Append]:
    """A PNG file to write band by band, completely or not at all.

    Args:
        path: file to write or replace, at the end of the block.
        height: in pixels.
        width: in pixels.
        palette: red, green and blue of each value, for a palette PNG.
        in_color: whether to write RGB pixels.

    Yields:
        Function that writes the next rows, uint8 `(rows, width)`, or
        `(rows, width, 3)` for RGB.

    Raises:
        InputError: if the file cannot be written.
        ValueError: if the bands are not exactly the whole picture.

    Reference:
        PNG (Portable Network Graphics) Specification, third edition, W3C.
    """
    kind = _COLOR if in_color else _GRAY if palette is None else _PALETTE
    row_shape = (width, 3) if in_color else (width,)
    packer = zlib.compressobj()
    rows_left = height

    with file_to_write(path) as file:

        def append(band: np.ndarray) -> None:
            nonlocal rows_left
            rows_left -= len(band)
            if band.shape[1:] != row_shape:
                raise ValueError(f"A band of shape {band.shape}.")
            # The byte 0 before each row means that it is not filtered.
            rows = np.pad(band.reshape(len(band), -1), ((0, 0), (1, 0)))
            _write_chunk(file, b"IDAT", packer.compress(rows.tobytes()))

        file.write(_SIGNATURE)
        header = struct.pack(">2I5B", width, height, 8, kind, 0, 0, 0)
        _write_chunk(file, b"IHDR", header)
        if palette is not None:
            _write_chunk(file, b"PLTE", np.array(palette, np.uint8).tobytes())
        yield append
        if rows_left:
            raise ValueError(f"{height} rows, of which {rows_left} are left.")
        _write_chunk(file, b"IDAT", packer.flush())
        _write_chunk(file, b"IEND", b"")


def _write_chunk(file: BinaryIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind + data)
    file.write(struct.pack(">I", zlib.crc32(kind + data)))
