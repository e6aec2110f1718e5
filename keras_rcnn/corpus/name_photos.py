"""Names of labels, computed from encoded photos."""

import hashlib
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import tensorflow as tf
from apache_beam.io.filesystem import FileMetadata

from keras_rcnn.corpus.corpus_settings import CorpusSettings
from keras_rcnn.corpus.dead_letters import dead_letter
from keras_rcnn.corpus.photo_reference import PhotoReference, photo_of_record
from keras_rcnn.corpus.tfrecords import read_records
from keras_rcnn.errors import InputError

# Bytes before a record (length, checksum) and after it (checksum).
_BEFORE, _BEHIND = 12, 4


class NamePhotos(beam.DoFn):
    """Maps files of photos to pairs of name and `PhotoReference`.

    The photos themselves are not sent on. Reading them again where they are
    labeled costs less.

    Args:
        settings: model and settings, which the names depend on.
        are_records: whether the files are TFRecords.
    """

    def __init__(self, settings: CorpusSettings, are_records: bool) -> None:
        self.settings = settings
        self.are_records = are_records

    def process(self, metadata: FileMetadata) -> Iterator[Any]:
        """Names the photos of a file."""
        if self.are_records:
            yield from self._records(metadata.path)
            return
        reference = PhotoReference(metadata.path, metadata.path)
        try:
            yield self._named(reference, reference.read())
        except InputError as error:
            yield dead_letter(reference.path, error)

    def _records(self, file: str) -> Iterator[Any]:
        offset, number = _BEFORE, 0
        try:
            for number, record in enumerate(read_records(file)):
                path = f"{file}#{number}"
                reference = PhotoReference(path, file, offset, len(record))
                offset += len(record) + _BEHIND + _BEFORE
                try:
                    content, name = photo_of_record(record)
                    if name is not None:
                        reference = reference._replace(path=f"{path}/{name}")
                    yield self._named(reference, content)
                except InputError as error:
                    yield dead_letter(path, error)
        except (OSError, tf.errors.OpError) as error:
            reason = str(error).split("\n", maxsplit=1)[0]
            yield dead_letter(
                file,
                f"{file} is no complete TFRecord file ({reason}): records "
                f"after byte {offset - _BEFORE} are lost; write it again.",
            )

    def _named(
        self, reference: PhotoReference, content: bytes
    ) -> tuple[str, PhotoReference]:
        sha256 = hashlib.sha256(content).hexdigest()
        return self.settings.name(sha256), reference
