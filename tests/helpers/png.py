"""PNG files of kinds that Pillow does not write."""

import struct
import zlib
from collections.abc import Sequence


def png(
    width: int,
    height: int,
    bit_depth: int,
    color_type: int,
    rows: Sequence[bytes],
    palette: bytes = b"",
    transparency: bytes = b"",
) -> bytes:
    """Builds a PNG file from its rows, each without its filter byte.

    Args:
        width: in pixels.
        height: in pixels.
        bit_depth: 1, 2, 4, 8 or 16.
        color_type: 0, 2, 3, 4 or 6.
        rows: packed pixels.
        palette: content of the chunk PLTE.
        transparency: content of the chunk tRNS.
    """

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">2I5B", width, height, bit_depth, color_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + (chunk(b"PLTE", palette) if palette else b"")
        + (chunk(b"tRNS", transparency) if transparency else b"")
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )
