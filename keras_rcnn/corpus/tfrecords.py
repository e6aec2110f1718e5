"""TFRecord files, wherever they are."""

from collections.abc import Iterator

import tensorflow as tf
from apache_beam.io.filesystems import FileSystems

from keras_rcnn.corpus import stored_files


def read_records(file: str) -> Iterator[bytes]:
    """The records of a file, which is fetched first if it is elsewhere.

    Raises:
        OSError: if it cannot be read.
        tensorflow.errors.OpError: if it is broken.
    """
    folder, name = FileSystems.split(file)
    with stored_files.on_this_machine(folder, [name]) as local:
        records = tf.data.TFRecordDataset(str(local / name))
        yield from records.as_numpy_iterator()
