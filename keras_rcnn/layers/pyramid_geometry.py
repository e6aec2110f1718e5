"""Strides and receptive fields of a recurrent pyramid.

Plain arithmetic, no TensorFlow. A level p of the pyramid has cells of
`4 * 2**p` pixels. The network labels every photo alike up to a shift by a
multiple of the total stride, the size of the coarsest cells.
"""

import dataclasses
from collections.abc import Iterator

from keras_rcnn.errors import InputError

Interval = tuple[int, int]
# Pixels to a cell of the finest level.
FINEST_STRIDE = 4
_LARGEST = {"levels": 8, "depth": 8, "passes": 8}


@dataclasses.dataclass(frozen=True)
class PyramidGeometry:
    """The sizes in pixels of a recurrent pyramid.

    Args:
        levels: number of levels.
        depth: number of 3x3 convolutions of each stack, down and up.
        passes: how often the network goes down and up again.

    Raises:
        InputError: if one of them is not possible.

    >>> geometry = PyramidGeometry(levels=4, depth=2)
    >>> [geometry.output_stride(p) for p in (1, 2, 3, 4)]
    [32, 16, 8, 4]
    """

    levels: int
    depth: int
    passes: int = 1

    def __post_init__(self) -> None:
        for name, largest in _LARGEST.items():
            value = getattr(self, name)
            if value not in range(1, largest + 1):
                raise InputError(
                    f"{name}={value!r} is not possible for a pyramid: give an "
                    f"integer from 1 to {largest}."
                )

    @property
    def total_stride(self) -> int:
        """Pixels to a cell of the coarsest level; photos are padded to it."""
        return FINEST_STRIDE * 2 ** (self.levels - 1)

    @property
    def num_instances(self) -> int:
        """Number of instances of all passes."""
        return self.passes * self.levels

    def level(self, instance: int) -> int:
        """Level of an instance, counted from 1: coarse to fine, each pass."""
        return self.levels - 1 - (instance - 1) % self.levels

    def output_stride(self, num_instances: int | None = None) -> int:
        """Pixels to a score of the last instance, along one axis."""
        level = self.level(num_instances or self.num_instances)
        return FINEST_STRIDE * 2**level

    def receptive_field(self, num_instances: int | None = None) -> int:
        """Largest side in pixels of what one score depends on."""
        spans = self._dependences(num_instances or self.num_instances, 0)
        return max(last - first + 1 for first, last in spans)

    def context(self, num_instances: int, more_cells: int = 0) -> int:
        """Pixels around a part of a photo that its scores depend on.

        Args:
            num_instances: how many instances are computed.
            more_cells: cells around the part whose scores are needed too.

        Returns:
            A multiple of the total stride, for all four sides of a part that
            begins and ends at such multiples.
        """
        stride = self.total_stride
        spans = list(self._dependences(num_instances, more_cells))
        before = max(-first for first, _ in spans)
        after = max(last - (stride - 1) for _, last in spans)
        return -(-max(before, after) // stride) * stride

    def _dependences(self, num_instances: int, more: int) -> Iterator[Interval]:
        """The pixels that each score of one coarsest cell depends on."""
        level = self.level(num_instances)
        passes = (num_instances - 1) // self.levels
        for cell in range(2 ** (self.levels - 1 - level)):
            yield self._up(level, passes, (cell - more, cell + more))

    def _up(self, level: int, earlier: int, cells: Interval) -> Interval:
        """Pixels that the state of a level on the way up depends on."""
        if level == self.levels - 1:
            return self._down(level, earlier, cells)
        first, last = self._convolved(cells)
        return _union(
            self._up(level + 1, earlier, (first // 2, last // 2)),
            self._down(level, earlier, (first, last)),
        )

    def _down(self, level: int, earlier: int, cells: Interval) -> Interval:
        """Pixels that the state of a level on the way down depends on."""
        first, last = self._convolved(cells)
        needed = _seen_by_eye(level, (first, last))
        if level:
            below = (2 * first, 2 * last + 1)
            needed = _union(needed, self._down(level - 1, earlier, below))
        if earlier:
            needed = _union(needed, self._up(level, earlier - 1, (first, last)))
        return needed

    def _convolved(self, cells: Interval) -> Interval:
        return cells[0] - self.depth, cells[1] + self.depth


def _seen_by_eye(level: int, cells: Interval) -> Interval:
    """Pixels of the photo that cells of the eye depend on.

    Its convolutions have strides of 2. TensorFlow pads inputs of an even size
    such that cell i of a 3x3 kernel sees inputs 2i to 2i + 2, and cell i of a
    5x5 kernel sees inputs 2i - 1 to 2i + 3.
    """
    first, last = (FINEST_STRIDE * cell for cell in cells)
    return (first - 1) * 2**level, (last + 8) * 2**level - 1


def _union(one: Interval, other: Interval) -> Interval:
    return min(one[0], other[0]), max(one[1], other[1])
