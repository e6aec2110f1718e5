"""Bands of a picture, joined to blocks of rows."""

from collections.abc import Callable

import numpy as np


class RowBlocks:
    """Passes rows on in blocks of one height; the last one may be lower.

    Args:
        rows: of a block.
        take: function of each block in turn.

    >>> blocks = RowBlocks(2, lambda block: print(block.tolist()))
    >>> blocks.append(np.array([[1], [2], [3]]))
    [[1], [2]]
    >>> blocks.finish()
    [[3]]
    """

    def __init__(self, rows: int, take: Callable[[np.ndarray], None]) -> None:
        self._rows = rows
        self._take = take
        self._waiting: list[np.ndarray] = []

    def append(self, band: np.ndarray) -> None:
        """Adds the next rows."""
        self._waiting.append(band)
        if sum(map(len, self._waiting)) < self._rows:
            return
        rows = np.concatenate(self._waiting)
        whole = len(rows) - len(rows) % self._rows
        self._waiting = [rows[whole:].copy()]
        for top in range(0, whole, self._rows):
            self._take(rows[top : top + self._rows])

    def finish(self) -> None:
        """Passes the last rows on."""
        if sum(map(len, self._waiting)):
            self._take(np.concatenate(self._waiting))
        self._waiting = []
