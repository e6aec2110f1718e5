"""Labels as PNG files."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems

from keras_rcnn.corpus import stored_files
from keras_rcnn.corpus.encode_labels import EncodedLabels
from keras_rcnn.corpus.label_stats import stats_of

_SUFFIX = ".png"


class WritePngLabels(beam.DoFn):
    """Writes `EncodedLabels` and returns name, paths and `LabelStats`.

    Args:
        folder: folder to write to.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def process(self, labels: EncodedLabels) -> Iterator[Any]:
        """Writes a file."""
        file = FileSystems.join(self.folder, labels.name + _SUFFIX)
        stored_files.write(file, labels.png)
        yield labels.name, labels.paths, labels.stats


class ReadPngLabels(beam.DoFn):
    """Reads the name and `LabelStats` of complete files."""

    def process(self, metadata: FileMetadata) -> Iterator[Any]:
        """Reads a file."""
        stats = stats_of(stored_files.read(metadata.path))
        if stats:
            _, name = FileSystems.split(metadata.path)
            yield name.removesuffix(_SUFFIX), stats
