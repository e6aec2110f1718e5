"""Large images cut into tiles, each with the pixels its scores depend on.

Plain arithmetic, no TensorFlow. Rows and columns are cut alike, hence all is
said of one axis and a tile is a pair of spans.
"""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

from keras_rcnn.layers.geometry import StackGeometry


@dataclasses.dataclass(frozen=True)
class Span:
    """A tile along one axis of the image.

    Args:
        labeled: the pixels whose labels are wanted.
        read: those and the ones around them that the scores depend on, as
            far as the image has them.
        margins: how many pixels at the start and end of `read` are there as
            surroundings only.
        before: how many pixels before those labeled are scored, to be
            averaged with.
    """

    labeled: slice
    read: slice
    margins: tuple[int, int]
    before: int

    @property
    def size(self) -> int:
        """Number of pixels labeled."""
        return self.labeled.stop - self.labeled.start

    @property
    def wanted(self) -> slice:
        """Those of all scored."""
        return slice(self.before, self.before + self.size)


@dataclasses.dataclass(frozen=True)
class TileGrid:
    """How images are cut, so that a tile's scores are the whole image's.

    Tiles begin at multiples of the output stride, as the scores of a whole
    image do. Where scores are interpolated, a tile also computes the first
    score of the next one, and where they are averaged those around it.

    Args:
        geometry: of the stack f.
        num_instances: how often f is applied.
        output_resolution: pixels from one score to the next.
        max_pixels: those that a tile may have, its margins counted; it may
            always be as large as a receptive field, as the margins of
            smaller ones would cost too much.
        smoothing: side of the square of pixels whose scores are averaged.
    """

    geometry: StackGeometry
    num_instances: int
    output_resolution: int
    max_pixels: int
    smoothing: int = 1

    @property
    def margin(self) -> int:
        """Pixels read on each side of a tile, at most."""
        padding = self.geometry.padding(self.num_instances)
        return padding + self._scored_before + self._interpolated

    def images_a_pass(self, height: int, width: int) -> int:
        """How many images of a size may be labeled at a time, padded.

        None of those that have to be cut.
        """
        size = [side + 2 * self.margin for side in (height, width)]
        return self.max_pixels // math.prod(size)

    def tile_size(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the tiles of an image, about equal for all."""
        columns = self._side(width, math.isqrt(self.max_pixels))
        rows = self._side(height, self._pixels_beside(columns))
        # What a flat image leaves, its columns may have.
        columns = self._side(width, self._pixels_beside(rows))
        return rows, columns

    def spans(self, length: int, size: int) -> Iterator[Span]:
        """An axis of an image cut into spans of a tile's side."""
        for start in range(0, length, size):
            yield self.span(start, size, length)

    def span(
        self,
        start: Any,
        size: Any,
        length: Any,
        lesser: Callable[[Any, Any], Any] = min,
        greater: Callable[[Any, Any], Any] = max,
    ) -> Span:
        """The span that begins at a pixel of an axis.

        Args:
            start: whole number, here and below, or in graphs a tensor.
            size: of the tile.
            length: of the axis.
            lesser: what gives the lesser of two of them.
            greater: likewise.
        """
        padding = self.geometry.padding(self.num_instances)
        around = self._scored_before
        stop = lesser(start + size, length)
        scored = slice(
            greater(0, start - around),
            lesser(stop + around + self._interpolated, length),
        )
        first = greater(0, scored.start - padding)
        last = lesser(length, scored.stop + padding)
        return Span(
            slice(start, stop),
            slice(first, last),
            (scored.start - first, last - scored.stop),
            start - scored.start,
        )

    def rows_of_tiles(
        self, height: int, width: int
    ) -> Iterator[tuple[Span, list[Span]]]:
        """Rows of an image, top to bottom, and the columns of each."""
        rows, columns = self.tile_size(height, width)
        return zip(
            self.spans(height, rows),
            itertools.repeat(list(self.spans(width, columns))),
            strict=False,
        )

    def equal_tiles(self, length: Any, largest: int) -> Any:
        """The side of equal tiles of an axis, a whole number or a tensor."""
        stride = self.geometry.output_stride(self.num_instances)
        count = -(-length // largest)
        return -(-length // (count * stride)) * stride

    @property
    def largest_square(self) -> int:
        """The side of the largest tile that is square."""
        return self._largest_side(math.isqrt(self.max_pixels))

    @property
    def _interpolated(self) -> bool:
        return self.output_resolution > 1

    @property
    def _scored_before(self) -> int:
        """Pixels to average with, up to one whose score is computed."""
        reach = self.smoothing // 2
        return -(-reach // self.output_resolution) * self.output_resolution

    def _pixels_beside(self, side: int) -> int:
        return self.max_pixels // (side + 2 * self.margin)

    def _side(self, length: int, most: int) -> int:
        """The side of equal tiles of an axis, with margins `most` long."""
        return self.equal_tiles(length, self._largest_side(most))

    def _largest_side(self, most: int) -> int:
        """The side of a tile which is at most so long with its margins."""
        stride = self.geometry.output_stride(self.num_instances)
        smallest = self.geometry.receptive_field(self.num_instances)
        return max(most - 2 * self.margin - stride + 1, smallest)
