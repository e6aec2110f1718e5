"""Statistics of the labels of a photo."""

import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from keras_rcnn.corpus.corpus_settings import CorpusSettings
from keras_rcnn.io.images import encode_png
from keras_rcnn.reports import label_shares

_KEYWORD = b"keras_rcnn"
# Length of the signature at the start of a PNG file, in bytes.
_SIGNATURE = 8


class LabelStats(NamedTuple):
    """Statistics of labels, which their PNG file contains as well.

    A run that is killed can therefore rebuild the row of every file of labels.

    Args:
        height: height of the photo, in pixels.
        width: width of the photo, in pixels.
        class_shares: fraction of the pixels of each class.
        mean_confidence: mean of the largest probability over the pixels that
            the network saw.
    """

    height: int
    width: int
    class_shares: tuple[float, ...]
    mean_confidence: float

    def row(self, path: str, name: str, settings: CorpusSettings) -> Any:
        """Returns the row of the table for a path of the photo."""
        shares = dict(zip(settings.class_names, self.class_shares, strict=True))
        return {
            "path": path,
            "height": self.height,
            "width": self.width,
            "class_shares": shares,
            "mean_confidence": self.mean_confidence,
            "labels": name,
            "model_sha256": settings.model_sha256,
        }


def row_schema(class_names: tuple[str, ...]) -> pa.Schema:
    """Returns the columns of the table."""
    shares = pa.struct([(name, pa.float64()) for name in class_names])
    return pa.schema(
        [
            ("path", pa.string()),
            ("height", pa.int32()),
            ("width", pa.int32()),
            ("class_shares", shares),
            ("mean_confidence", pa.float64()),
            ("labels", pa.string()),
            ("model_sha256", pa.string()),
        ]
    )


def label_png(
    labels: np.ndarray, num_classes: int, mean_confidence: float
) -> tuple[bytes, LabelStats]:
    """Encodes labels as a PNG file with statistics.

    Args:
        labels: uint8 `(height, width)`.
        num_classes: number of classes.
        mean_confidence: see `LabelStats`.
    """
    shares = tuple(label_shares(labels, num_classes).tolist())
    height, width = labels.shape
    stats = LabelStats(height, width, shares, mean_confidence)
    return encode_png(labels, {_KEYWORD.decode(): json.dumps(stats)}), stats


def stats_of(png: bytes) -> LabelStats | None:
    """Returns the statistics in a PNG file, or None if it is incomplete."""
    try:
        notes = dict(_texts(png))
        height, width, shares, mean_confidence = json.loads(notes[_KEYWORD])
    except (struct.error, KeyError, ValueError):
        return None
    return LabelStats(height, width, tuple(shares), mean_confidence)


def _texts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields the texts of a PNG file, whose chunks must be complete."""
    offset, kind = _SIGNATURE, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", png, offset)
        data = offset + struct.calcsize(">I4s")
        (checksum,) = struct.unpack_from(">I", png, data + length)
        if checksum != zlib.crc32(png[data - len(kind) : data + length]):
            raise ValueError("checksum")
        if kind == b"tEXt":
            keyword, _, text = png[data : data + length].partition(b"\0")
            yield keyword, text
        offset = data + length + struct.calcsize(">I")
