"""TFRecord files on all filesystems of Beam."""

from collections.abc import Iterator

import tensorflow as tf
from apache_beam.io.filesystems import FileSystems

from keras_rcnn.corpus import stored_files


def read_records(file: str) -> Iterator[bytes]:
    """Yields the records of a file, of a copy if the file is remote.

    Raises:
        OSError: if the file cannot be read.
        tensorflow.errors.OpError: if the file is broken.
    """
    folder, name = FileSystems.split(file)
    with stored_files.on_this_machine(folder, [name]) as local:
        records = tf.data.TFRecordDataset(str(local / name))
        yield from records.as_numpy_iterator()
