"""The size of MATLAB files after decompression."""

import struct
import zlib

_HEADER_BYTES = 128
_COMPRESSED = 15
# Labels and names of a published photo have 100 KB. A value may take eight
# times its bytes in the file.
_MAX_BYTES = 2**24


def check_unpacked_size(content: bytes) -> None:
    """Refuses MATLAB files that would fill the memory.

    Args:
        content: of a file of version 5, which is a sequence of elements, each
            perhaps compressed. Other versions are not compressed.

    Raises:
        ValueError: if it has too many bytes after decompression.

    Reference:
        MAT-File Format, The MathWorks, chapter 1.
    """
    order = "<" if content[126:128] == b"IM" else ">"
    bytes_left = _MAX_BYTES - len(content)
    place = _HEADER_BYTES
    while place + 8 <= len(content) and bytes_left >= 0:
        kind, size = struct.unpack_from(f"{order}2I", content, place)
        if kind == _COMPRESSED:
            unpacker = zlib.decompressobj()
            part = content[place + 8 : place + 8 + size]
            bytes_left -= len(unpacker.decompress(part, bytes_left + 1))
        place += 8 + size
    if bytes_left < 0:
        raise ValueError(f"more than {_MAX_BYTES} bytes after decompression")
