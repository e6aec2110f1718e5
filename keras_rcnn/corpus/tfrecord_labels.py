"""Labels in TFRecord files of up to 256 photos."""

import hashlib
import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import tensorflow as tf
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from keras_rcnn.corpus import stored_files
from keras_rcnn.corpus.encode_labels import EncodedLabels
from keras_rcnn.corpus.label_stats import stats_of
from keras_rcnn.corpus.tfrecords import read_records

_MAX_PHOTOS = 256
_NAME, _PNG = "name", "image/segmentation/class/encoded"


class WriteTFRecordLabels(beam.DoFn):
    """Writes `EncodedLabels` and returns name, paths and `LabelStats`.

    A record is a tf.train.Example with the features `name`,
    `image/segmentation/class/encoded`, the PNG file, `image/height` and
    `image/width`. The name of a file is a hash of its content.

    Args:
        folder: folder to write to.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def start_bundle(self) -> None:
        """Starts without labels."""
        self._waiting: list[EncodedLabels] = []

    def process(self, labels: EncodedLabels) -> Iterator[Any]:
        """Writes a file when there are enough labels for one."""
        self._waiting.append(labels)
        if len(self._waiting) == _MAX_PHOTOS:
            yield from self._write()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Writes the remaining labels."""
        window = GlobalWindow()
        for written in self._write():
            yield WindowedValue(written, window.max_timestamp(), (window,))

    def _write(self) -> Iterator[Any]:
        if not self._waiting:
            return
        ordered = sorted(self._waiting, key=lambda labels: labels.name)
        names = "\n".join(labels.name for labels in ordered)
        name = hashlib.sha256(names.encode()).hexdigest() + ".tfrecord"
        content = _tfrecord([_example(labels) for labels in ordered])
        stored_files.write(FileSystems.join(self.folder, name), content)
        for labels in ordered:
            yield labels.name, labels.paths, labels.stats
        self.start_bundle()


class ReadTFRecordLabels(beam.DoFn):
    """Reads the names and `LabelStats` of complete records."""

    def process(self, metadata: FileMetadata) -> Iterator[Any]:
        """Reads a file."""
        for record in read_records(metadata.path):
            feature = tf.train.Example.FromString(record).features.feature
            (name,) = feature[_NAME].bytes_list.value
            (png,) = feature[_PNG].bytes_list.value
            stats = stats_of(png)
            if stats:
                yield name.decode(), stats


def _example(labels: EncodedLabels) -> bytes:
    def text(value: bytes) -> tf.train.Feature:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    def number(value: int) -> tf.train.Feature:
        return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))

    features = {
        _NAME: text(labels.name.encode()),
        _PNG: text(labels.png),
        "image/height": number(labels.stats.height),
        "image/width": number(labels.stats.width),
    }
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def _tfrecord(records: list[bytes]) -> bytes:
    """Returns the content of a TFRecord file."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "records")
        with tf.io.TFRecordWriter(str(file)) as writer:
            for record in records:
                writer.write(record)
        return file.read_bytes()
