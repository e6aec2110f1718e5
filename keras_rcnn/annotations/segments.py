"""Area and box of each label on a photo."""

from collections.abc import Iterator

import numpy as np

from keras_rcnn.io.labels import IGNORE_LABEL


class Segments:
    """Areas and boxes of labels, counted from bands of a label map.

    Iteration gives, for each label except `IGNORE_LABEL`, the label, its area
    in pixels, and its box, `[left, top, width, height]` in pixels.

    Args:
        width: of the photo, in pixels.

    >>> segments = Segments(3)
    >>> segments.append(np.array([[7, 0, 0], [255, 255, 0]], np.uint8))
    >>> segments.append(np.array([[0, 255, 255]], np.uint8))
    >>> list(segments)
    [(0, 4, [0, 0, 3, 3]), (7, 1, [0, 0, 1, 1])]
    """

    def __init__(self, width: int) -> None:
        self._row = 0
        self._areas = np.zeros(256, np.int64)
        # First and last row of each label, and whether it is in a column.
        self._rows: dict[int, tuple[int, int]] = {}
        self._columns = np.zeros((256, width), bool)

    def append(self, labels: np.ndarray) -> None:
        """Counts the next band of labels, uint8 `(rows, width)`."""
        areas = np.bincount(labels.reshape(-1), minlength=256)
        self._areas += areas
        for label in np.flatnonzero(areas[:IGNORE_LABEL]).tolist():
            is_there = labels == label
            self._columns[label] |= is_there.any(axis=0)
            rows = self._row + np.flatnonzero(is_there.any(axis=1))
            first, _ = self._rows.get(label, (int(rows[0]), 0))
            self._rows[label] = first, int(rows[-1])
        self._row += len(labels)

    def __iter__(self) -> Iterator[tuple[int, int, list[int]]]:
        for label in sorted(self._rows):
            first, last = self._rows[label]
            columns = np.flatnonzero(self._columns[label])
            left, right = int(columns[0]), int(columns[-1])
            box = [left, first, right - left + 1, last - first + 1]
            yield label, int(self._areas[label]), box
