"""Photos that show the same picture, in any size and compression."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

SIDE = 24
# Least correlation of the thumbnails of photos that look the same.
SIMILARITY = 0.985
_ROWS_A_BLOCK = 1024


def thumbnail(image: np.ndarray) -> np.ndarray:
    """A photo as 24x24 gray values, normalized to mean 0 and length 1.

    The dot product of two thumbnails is the correlation of their pixels.

    Args:
        image: uint8 `(height, width, 3)`.

    Returns:
        float32 `(576,)`; all 0 if the photo has a single gray level.
    """
    # Of Pillow's filters, this one gives copies of other sizes the highest
    # correlations.
    small = Image.fromarray(image).resize(
        (SIDE, SIDE), Image.Resampling.BICUBIC
    )
    gray = np.asarray(small, np.float32).mean(axis=-1).ravel()
    gray -= gray.mean()
    length = np.linalg.norm(gray)
    return gray / length if length > 1 else np.zeros_like(gray)


def find_near_duplicates(
    thumbnails: np.ndarray, threshold: float
) -> list[tuple[int, int, float]]:
    """All pairs of photos whose thumbnails have a high correlation.

    Every pair is compared, a block of rows at a time.

    Args:
        thumbnails: float32 `(count, values)`, results of `thumbnail`.
        threshold: minimum correlation, above 0 and up to 1.

    Returns:
        Sorted triples: the numbers of two photos, the smaller one first, and
        their correlation.
    """
    pairs = []
    for first in range(0, len(thumbnails), _ROWS_A_BLOCK):
        block = thumbnails[first : first + _ROWS_A_BLOCK]
        # Only later photos, so that every pair occurs once.
        correlations = np.triu(block @ thumbnails[first:].T, k=1)
        for row, column in np.argwhere(correlations >= threshold).tolist():
            correlation = min(1.0, float(correlations[row, column]))
            pairs.append((first + row, first + column, correlation))
    return pairs


def groups_of(
    pairs: Sequence[tuple[int, int, float]], count: int
) -> list[list[int]]:
    """Photos that belong together, through others if need be.

    Args:
        pairs: result of `find_near_duplicates`.
        count: number of photos.

    Returns:
        Two or more photos each, in order.

    >>> groups_of([(0, 3, 0.99), (3, 5, 0.99), (1, 2, 1.0)], count=6)
    [[0, 3, 5], [1, 2]]
    """
    group_of = [[number] for number in range(count)]
    for first, second, _ in pairs:
        if group_of[first] is not group_of[second]:
            merged = sorted(group_of[first] + group_of[second])
            for member in merged:
                group_of[member] = merged
    return [
        group
        for number, group in enumerate(group_of)
        if len(group) > 1 and group[0] == number
    ]
