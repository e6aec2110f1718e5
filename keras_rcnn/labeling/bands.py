"""Pictures that are labeled tile by tile."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keras_rcnn.datasets.strip_statistics import statistics_of_strips
from keras_rcnn.labeling.tiles import Span, TileGrid

_ROWS_A_STRIP = 64
Band = dict[str, np.ndarray]


def label_bands(
    image: Any,
    tiles: TileGrid,
    label_tile: Callable[[np.ndarray, Any, Any, Span, Span], Band],
    progress: Callable[[int], None],
    strips: Iterable[np.ndarray] | None = None,
) -> Iterator[Band]:
    """Labels a picture band by band, from top to bottom.

    Args:
        image: uint8 `(height, width, 3)`: an array, or any object with a
            `shape` whose `image[rows, columns]` is an array for slices.
        tiles: how to cut it.
        label_tile: function of the pixels that a tile reads, of mean and
            standard deviation of the picture, `(1, 1, 1)`, and of the rows
            and columns of the tile. It returns results of the labeled pixels.
        progress: called after each tile with its number of pixels.
        strips: pixels that the mean and standard deviation are computed from,
            uint8 `(..., 3)` each; all pixels if not given.

    Yields:
        The results of each row of tiles by name.
    """
    height, width, _ = image.shape
    if strips is None:
        strips = (
            image[top : min(top + _ROWS_A_STRIP, height), 0:width]
            for top in range(0, height, _ROWS_A_STRIP)
        )
    mean, std = statistics_of_strips(strips)
    for row, columns in tiles.rows_of_tiles(height, width):
        results = []
        for column in columns:
            window = image[row.read, column.read]
            results.append(label_tile(window, mean, std, row, column))
            progress(row.size * column.size)
        yield {
            name: np.concatenate([each[name] for each in results], axis=1)
            for name in results[0]
        }
