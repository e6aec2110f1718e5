"""PNG files written band by band."""

import pathlib
import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO

import numpy as np

from keras_rcnn.files import file_to_write

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS_OF_GREY = (8, 0, 0, 0, 0)


def write_png_in_bands(
    path: str | pathlib.Path,
    height: int,
    width: int,
    bands: Iterable[np.ndarray],
) -> None:
    """Writes a PNG file of one channel, whole or not at all.

    Args:
        path: file to write or replace.
        height: in pixels.
        width: in pixels.
        bands: uint8 `(rows, width)` each, top to bottom, together the whole
            picture; taken one at a time.

    Raises:
        InputError: if the file cannot be written.
        ValueError: if the bands are not the whole picture.

    Reference:
        PNG (Portable Network Graphics) Specification, third edition, W3C.
    """
    with file_to_write(path) as file:
        file.write(_SIGNATURE)
        header = struct.pack(">2I5B", width, height, *_EIGHT_BITS_OF_GREY)
        _write_chunk(file, b"IHDR", header)
        packer = zlib.compressobj()
        rows_left = height
        for band in bands:
            rows_left -= len(band)
            if band.shape[1:] != (width,):
                raise ValueError(f"A band of shape {band.shape}.")
            # Before each row, a byte 0: it is stored as it is.
            rows = np.pad(band, ((0, 0), (1, 0)))
            _write_chunk(file, b"IDAT", packer.compress(rows.tobytes()))
        if rows_left:
            raise ValueError(f"{height} rows, of which {rows_left} are left.")
        _write_chunk(file, b"IDAT", packer.flush())
        _write_chunk(file, b"IEND", b"")


def _write_chunk(file: BinaryIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind + data)
    file.write(struct.pack(">I", zlib.crc32(kind + data)))
