"""Large images cut into tiles, each with the pixels its scores depend on.

Plain arithmetic, no TensorFlow. Rows and columns are cut in the same way, so
most functions handle one axis, and a tile is a pair of spans.
"""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any


@dataclasses.dataclass(frozen=True)
class Span:
    """A tile along one axis of the image.

    Args:
        labeled: the pixels to label.
        read: these pixels and the pixels around them that the scores depend
            on, inside the image.
        margins: number of pixels at the start and at the end of `read` that
            are context only.
        before: number of pixels before the labeled ones that are scored, for
            smoothing.
    """

    labeled: slice
    read: slice
    margins: tuple[int, int]
    before: int

    @property
    def size(self) -> int:
        """Number of labeled pixels."""
        return self.labeled.stop - self.labeled.start

    @property
    def wanted(self) -> slice:
        """The labeled pixels among the scored ones."""
        return slice(self.before, self.before + self.size)


@dataclasses.dataclass(frozen=True)
class TileGrid:
    """Cuts images so that the scores of tiles equal the scores of the image.

    If scores are averaged, a tile also computes the scores around it.

    Args:
        padding: pixels on each side that a score depends on.
        stride: tiles begin at multiples of this number of pixels, as the
            scores of a whole image do.
        smallest: smallest side of a tile, in pixels, whatever the memory. The
            margins of smaller tiles would cost too much.
        max_pixels: maximum number of pixels of a tile with its margins.
        step: the part of a tile that is scored begins at a multiple of this
            number of pixels.
        after: pixels after a tile that are scored for interpolation.
        smoothing: side of the square of pixels whose scores are averaged.
    """

    padding: int
    stride: int
    smallest: int
    max_pixels: int
    step: int = 1
    after: int = 0
    smoothing: int = 1

    @property
    def margin(self) -> int:
        """Maximum number of pixels read on each side of a tile."""
        return self.padding + self._scored_before + self.after

    def images_a_pass(self, height: int, width: int) -> int:
        """Number of images of a size that fit in the memory, padded.

        It is 0 for images that have to be cut.
        """
        size = [side + 2 * self.margin for side in (height, width)]
        return self.max_pixels // math.prod(size)

    def tile_size(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the tiles of an image, of about equal size."""
        columns = self._side(width, math.isqrt(self.max_pixels))
        rows = self._side(height, self._pixels_beside(columns))
        # A flat image has tiles of few rows, which can have more columns.
        columns = self._side(width, self._pixels_beside(rows))
        return rows, columns

    def spans(self, length: int, size: int) -> Iterator[Span]:
        """Cuts an axis of an image into spans of a tile's side."""
        for start in range(0, length, size):
            yield self.span(start, size, length)

    def span(
        self,
        start: Any,
        size: Any,
        length: Any,
        minimum: Callable[[Any, Any], Any] = min,
        maximum: Callable[[Any, Any], Any] = max,
    ) -> Span:
        """The span that begins at a pixel of an axis.

        Args:
            start: first labeled pixel; an integer or, in graphs, a tensor.
            size: length of the span.
            length: length of the axis.
            minimum: function of two of these numbers.
            maximum: function of two of these numbers.
        """
        around = self._scored_before
        stop = minimum(start + size, length)
        scored = slice(
            maximum(0, start - around),
            minimum(stop + around + self.after, length),
        )
        first = maximum(0, scored.start - self.padding)
        last = minimum(length, scored.stop + self.padding)
        return Span(
            slice(start, stop),
            slice(first, last),
            (scored.start - first, last - scored.stop),
            start - scored.start,
        )

    def rows_of_tiles(
        self, height: int, width: int
    ) -> Iterator[tuple[Span, list[Span]]]:
        """Rows of tiles, from top to bottom, each with all its columns."""
        rows, columns = self.tile_size(height, width)
        return zip(
            self.spans(height, rows),
            itertools.repeat(list(self.spans(width, columns))),
            strict=False,
        )

    def equal_tiles(self, length: Any, largest: int) -> Any:
        """Side of equal tiles of an axis, an integer or a tensor."""
        count = -(-length // largest)
        return -(-length // (count * self.stride)) * self.stride

    @property
    def largest_square(self) -> int:
        """Side of the largest square tile."""
        return self._largest_side(math.isqrt(self.max_pixels))

    @property
    def _scored_before(self) -> int:
        """Pixels that smoothing needs, rounded up to a computed score."""
        return -(-(self.smoothing // 2) // self.step) * self.step

    def _pixels_beside(self, side: int) -> int:
        return self.max_pixels // (side + 2 * self.margin)

    def _side(self, length: int, max_side: int) -> int:
        """Side of equal tiles of an axis, with margins at most `max_side`."""
        return self.equal_tiles(length, self._largest_side(max_side))

    def _largest_side(self, max_side: int) -> int:
        """Largest side of a tile that has at most `max_side` with margins."""
        room = max_side - 2 * self.margin - self.stride + 1
        return max(room, self.smallest)
