"""Reads the offline files of Weights & Biases by its protocol buffers.

The records are framed as in the log of LevelDB: blocks of 32 KiB hold parts,
each with a checksum, a length and a type. The file begins with 7 bytes.
"""

import pathlib
import struct
from collections.abc import Iterator
from typing import Any

_BLOCK = 32768
_HEAD = struct.Struct("<IHB")
_FULL, _LAST = 1, 4


def wandb_records(folder: pathlib.Path) -> Iterator[Any]:
    """Yields the records of all runs below a folder, the oldest run first."""
    from wandb.proto import wandb_internal_pb2

    files = folder.glob("wandb/offline-run-*/*.wandb")
    for file in sorted(files, key=lambda file: file.stat().st_ctime_ns):
        for content in _contents(file.read_bytes()):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(content)
            yield record


def _contents(data: bytes) -> Iterator[bytes]:
    assert data.startswith(b":W&B")
    position, content = 7, b""
    while position + _HEAD.size <= len(data):
        left = _BLOCK - position % _BLOCK
        if left < _HEAD.size:
            position += left
            continue
        _, length, kind = _HEAD.unpack_from(data, position)
        position += _HEAD.size
        content += data[position : position + length]
        position += length
        if kind in (_FULL, _LAST):
            yield content
            content = b""
