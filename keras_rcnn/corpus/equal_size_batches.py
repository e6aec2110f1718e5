"""Batches of photos of equal size."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

# Larger batches take more memory and are hardly faster.
_MAX_PHOTOS = 8
_MAX_PIXELS = 4_000_000


class EqualSizeBatches(beam.DoFn):
    """Groups pairs of a key and a photo by the size of the photo.

    A batch holds photos of one bundle, and so of one worker. Photos wait until
    there are 8 of their size, or until 4 megapixels wait.
    """

    def start_bundle(self) -> None:
        """Starts without photos."""
        self._waiting: dict[tuple[int, ...], list[Any]] = {}
        self._pixels = 0

    def process(self, element: Any) -> Iterator[list[Any]]:
        """Adds a photo and yields the batches that are full."""
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
        """Yields the remaining batches."""
        window = GlobalWindow()
        for batch in self._all():
            yield WindowedValue(batch, window.max_timestamp(), (window,))

    def _all(self) -> Iterator[list[Any]]:
        yield from self._waiting.values()
        self.start_bundle()
