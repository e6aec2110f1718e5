"""COCO's run-length code, decoded without trust in it."""

from typing import Any

import numpy as np


def decode_coco_rle(counts: Any, height: int, width: int) -> np.ndarray:
    """The mask of a code, bool `(height, width)`.

    pycocotools writes beyond its memory if a code is broken, so it decodes no
    code of other programs here.

    Args:
        counts: numbers of pixels outside and inside in turn, column by column,
            as a list or in COCO's compressed text.
        height: of the photo, in pixels.
        width: of the photo, in pixels.

    Raises:
        ValueError: if the code does not fill the photo.

    >>> decode_coco_rle([1, 2, 1], 2, 2).astype(int)
    array([[0, 1],
           [1, 0]])
    >>> bool((decode_coco_rle("121", 2, 2) == [[0, 1], [1, 0]]).all())
    True
    """
    runs = _runs(counts) if isinstance(counts, str) else list(counts)
    total = height * width
    if not all(isinstance(run, int) and 0 <= run <= total for run in runs):
        raise ValueError("a run-length code with impossible runs")
    if sum(runs) != total:
        raise ValueError(f"a run-length code of {sum(runs)} pixels")
    inside = np.arange(len(runs)) % 2 == 1
    return np.repeat(inside, runs).reshape(width, height).T


def _runs(text: str) -> list[int]:
    """Runs of a text: 5 bits a character, from the third run on differences."""
    runs: list[int] = []
    value = shift = 0
    for byte in text.encode():
        bits = byte - 48
        if not 0 <= bits < 64 or shift > 40:
            raise ValueError("a run-length code with impossible characters")
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        # The first difference is that of the fourth run from the second.
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    if shift:
        raise ValueError("a run-length code that is cut off")
    return runs
