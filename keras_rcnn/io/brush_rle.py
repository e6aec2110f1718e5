"""Label Studio's run-length code of brush masks.

The code is that of the JavaScript library rle-pack. After a header, each run
is a bit (1: one value is repeated), 2 bits that choose how many bits the
length has, the length minus 1, and the value, or the values if the bit is 0.
The package label-studio-sdk has the same code, but installs sixty packages,
among them OpenCV and pandas.
"""

from collections.abc import Sequence

import numpy as np

_LENGTH_BITS = (3, 4, 8, 16)
_VALUE_BITS = 8
# The opacity, the fourth channel, is the mask.
_CHANNELS = 4


def encode_brush(mask: np.ndarray) -> list[int]:
    """The bytes of a mask, bool `(height, width)`."""
    bits = [f"{mask.size * _CHANNELS:032b}", f"{_VALUE_BITS - 1:05b}"]
    bits += [f"{size - 1:04b}" for size in _LENGTH_BITS]
    flat = mask.reshape(-1)
    starts = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1]])
    lengths = np.diff(np.r_[starts, flat.size]) * _CHANNELS
    for value, length in zip(flat[starts], lengths.tolist(), strict=True):
        while length:
            part = min(length, 1 << _LENGTH_BITS[-1])
            choice = next(
                i for i, size in enumerate(_LENGTH_BITS) if part <= 1 << size
            )
            bits.append(f"1{choice:02b}{part - 1:0{_LENGTH_BITS[choice]}b}")
            bits.append("1" * _VALUE_BITS if value else "0" * _VALUE_BITS)
            length -= part
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))


def decode_brush(code: Sequence[int], height: int, width: int) -> np.ndarray:
    """The mask of a brush, bool `(height, width)`.

    Raises:
        ValueError: if the code is broken or has another number of pixels.
    """
    # A number alone would be taken for a size.
    content = bytes(list(code))
    text = f"{int.from_bytes(content, 'big'):0{8 * len(content)}b}"
    reader = _Bits(text)
    if (count := reader.read(32)) != height * width * _CHANNELS:
        raise ValueError(f"a brush of {count // _CHANNELS} pixels")
    if reader.read(5) + 1 != _VALUE_BITS:
        raise ValueError("a brush whose values do not have 8 bits")
    sizes = [reader.read(4) + 1 for _ in _LENGTH_BITS]
    values = np.zeros(count, np.uint8)
    start = 0
    while start < count:
        is_run = reader.read(1)
        length = reader.read(sizes[reader.read(2)]) + 1
        if is_run:
            values[start : start + length] = reader.read(_VALUE_BITS)
        else:
            each = [reader.read(_VALUE_BITS) for _ in range(length)]
            values[start : start + length] = each[: count - start]
        start += length
    return values.reshape(height, width, _CHANNELS)[..., -1] >= 128


class _Bits:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    def read(self, size: int) -> int:
        """The next bits as a number."""
        start, self._place = self._place, self._place + size
        if self._place > len(self._text):
            raise ValueError("a brush that is cut off")
        return int(self._text[start : self._place], 2)
