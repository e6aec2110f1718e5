"""Photos read for the network."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam

from keras_rcnn.corpus.corpus_settings import CorpusSettings
from keras_rcnn.corpus.dead_letters import dead_letter
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.pictures import allow_megapixels


class Photo(NamedTuple):
    """A photo that will be labeled.

    Args:
        name: name of its labels.
        paths: all paths with this photo.
        height: height in pixels, before it is scaled down.
        width: width in pixels, before it is scaled down.
    """

    name: str
    paths: tuple[str, ...]
    height: int
    width: int


class ReadPhotos(beam.DoFn):
    """Maps names and references of photos to pairs of `Photo` and pixels.

    The pixels are uint8 `(height, width, 3)`, scaled down for the network, the
    same as for `keras-rcnn label`.

    Args:
        settings: model and settings.
        max_megapixels: size of the largest photo; by default Pillow's limit.
    """

    def __init__(
        self, settings: CorpusSettings, max_megapixels: float | None
    ) -> None:
        self.settings = settings
        self.max_megapixels = max_megapixels

    def setup(self) -> None:
        """Sets the limit against decompression bombs of this process."""
        if self.max_megapixels is not None:
            allow_megapixels(self.max_megapixels)

    def process(self, element: Any) -> Iterator[Any]:
        """Reads a photo from its first path."""
        name, references = element
        paths = tuple(reference.path for reference in references)
        try:
            image = read_image(paths[0], references[0].read())
        except Exception as error:
            # Broken files raise errors of any class, and one photo must not
            # stop the others.
            yield from _failures(paths, error)
            return
        small = scale_down(image, self.settings.longest_side)
        yield Photo(name, paths, *image.shape[:2]), small


def _failures(paths: tuple[str, ...], error: Exception) -> Iterator[Any]:
    reason = (
        str(error)
        if isinstance(error, InputError)
        else f"{paths[0]} is broken ({error!r}): copy or save it again."
    )
    for path in paths:
        yield dead_letter(path, reason)
