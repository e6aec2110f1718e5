"""A graph that labels a photo of any size in bounded memory."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_rcnn.datasets.standardization import statistics
from keras_rcnn.labeling.labeling_graph import LabelingGraph, Results
from keras_rcnn.labeling.tiles import Span

Specs = dict[str, tf.TensorSpec]


class PhotoGraph:
    """Labels a photo tile by tile inside the graph, for exported models.

    `SceneLabeler` loops over tiles in Python instead, so that not all tiles
    have to be in memory.

    Args:
        graph: labels a tile.
        memory_mb: megabytes that a tile may take.
    """

    def __init__(self, graph: LabelingGraph, memory_mb: float) -> None:
        self.graph = graph
        self.tiles = graph.tile_grid(memory_mb)

    def __call__(
        self,
        image: tf.Tensor,
        finish: Callable[[tf.Tensor], Results],
        specs: Specs,
    ) -> Results:
        """Returns the results of a photo.

        Args:
            image: uint8 `(height, width, 3)`.
            finish: function of scores, `(rows, columns, classes)`, that
                returns the results of each pixel by name.
            specs: types and shapes of the results by name.
        """
        statistic = statistics(image)
        length = tf.shape(image)[:2]
        size = self.tiles.equal_tiles(length, self.tiles.largest_square)
        counts = -(-length // size)

        def tile(row: tf.Tensor, column: tf.Tensor) -> Results:
            start = size * tf.stack([row, column])
            span = self.tiles.span(start, size, length, tf.minimum, tf.maximum)
            return finish(self._scores(image, span, *statistic))

        def band(row: tf.Tensor) -> Results:
            return _joined(
                lambda column: tile(row, column), counts[1], 1, specs
            )

        return _joined(band, counts[0], 0, specs)

    def _scores(
        self,
        image: tf.Tensor,
        span: Span,
        mean: tf.Tensor,
        std: tf.Tensor,
    ) -> tf.Tensor:
        """Scores of a tile, whose span has rows and columns as tensors."""
        read = span.read
        window = _part(image, read.start, read.stop - read.start)
        margins = tf.stack(span.margins, axis=1)
        scores = self.graph.score_tile(window[tf.newaxis], mean, std, margins)
        # Crops the context pixels that interpolation and smoothing needed.
        return _part(scores[0], span.before, span.size)


def _part(planes: tf.Tensor, start: Any, size: Any) -> tf.Tensor:
    """Crops rows and columns of planes, `(height, width, channels)`."""
    part = tf.slice(
        planes,
        tf.pad(start, ((0, 1),)),
        tf.pad(size, ((0, 1),), constant_values=-1),
    )
    part.set_shape((None, None, planes.shape[-1]))
    return part


def _joined(
    part: Callable[[tf.Tensor], Results],
    count: tf.Tensor,
    axis: int,
    specs: Specs,
) -> Results:
    """Concatenates the results of parts along an axis.

    A `TensorArray` concatenates along the first axis, so parts along the
    second axis are transposed.
    """

    def swap(name: str, values: tf.Tensor) -> tf.Tensor:
        others = range(2, specs[name].shape.rank)
        return tf.transpose(values, (1, 0, *others)) if axis else values

    def step(index: tf.Tensor, arrays: dict[str, Any]) -> tuple[Any, Any]:
        results = part(index)
        return index + 1, {
            name: array.write(index, swap(name, results[name]))
            for name, array in arrays.items()
        }

    arrays = {
        name: tf.TensorArray(
            spec.dtype,
            count,
            infer_shape=False,
            element_shape=spec.shape,
        )
        for name, spec in specs.items()
    }
    _, arrays = tf.while_loop(
        lambda index, _: index < count, step, (0, arrays), parallel_iterations=1
    )
    return {name: swap(name, array.concat()) for name, array in arrays.items()}
