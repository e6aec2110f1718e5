"""Photos of equal size, some at a time."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

# More take more memory, and labeling hardly less time.
_MAX_PHOTOS = 8
_MAX_PIXELS = 4_000_000


class EqualSizeBatches(beam.DoFn):
    """Pairs of anything and a photo to lists of pairs, of photos of one size.

    Only photos of one bundle meet, hence of one worker. Photos wait until
    there are 8 of their size, or until 4 megapixels wait.
    """

    def start_bundle(self) -> None:
        """Begins without photos."""
        self._waiting: dict[tuple[int, ...], list[Any]] = {}
        self._pixels = 0

    def process(self, element: Any) -> Iterator[list[Any]]:
        """Takes a photo, and gives a batch that is full by that."""
        height, width, _ = size = element[1].shape
        batch = self._waiting.setdefault(size, [])
        batch.append(element)
        self._pixels += height * width
        if self._pixels >= _MAX_PIXELS:
            yield from self._all()
        elif len(batch) == _MAX_PHOTOS:
            self._pixels -= len(batch) * height * width
            yield self._waiting.pop(size)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Gives the batches that are not full."""
        window = GlobalWindow()
        for batch in self._all():
            yield WindowedValue(batch, window.max_timestamp(), (window,))

    def _all(self) -> Iterator[list[Any]]:
        yield from self._waiting.values()
        self.start_bundle()
