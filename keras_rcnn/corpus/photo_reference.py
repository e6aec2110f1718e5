"""References to encoded photos."""

from typing import NamedTuple

import tensorflow as tf

from keras_rcnn.corpus import stored_files
from keras_rcnn.errors import InputError

# Features of a tf.train.Example with a photo and its name.
IMAGE_FEATURE, NAME_FEATURE = "image/encoded", "image/filename"
# First byte of a tf.train.Example; no image file starts with it.
_EXAMPLE = b"\n"


class PhotoReference(NamedTuple):
    """A file, or a record of a TFRecord file.

    Args:
        path: path of the photo in the tables.
        file: file that contains the photo.
        offset: start of the record in the file, in bytes.
        length: length of the record in bytes; -1 for a whole file.
    """

    path: str
    file: str
    offset: int = 0
    length: int = -1

    def read(self) -> bytes:
        """Returns the encoded photo.

        Raises:
            InputError: if it cannot be read.
        """
        try:
            content = stored_files.read(self.file, self.offset, self.length)
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be read ({error}): check that it exists."
            ) from error
        return content if self.length < 0 else photo_of_record(content)[0]


def photo_of_record(record: bytes) -> tuple[bytes, str | None]:
    """Returns an encoded photo and its name.

    Args:
        record: a tf.train.Example with the feature `image/encoded` and
            optionally `image/filename`, or an encoded photo.

    Raises:
        InputError: if it is an example without a photo.
    """
    if not record.startswith(_EXAMPLE):
        return record, None
    try:
        features = tf.train.Example.FromString(record).features.feature
        (content,) = features[IMAGE_FEATURE].bytes_list.value
    except Exception as error:  # Protobuf's has no public name.
        raise InputError(
            "A record is neither a photo nor a tf.train.Example with one photo "
            f"as its feature {IMAGE_FEATURE}: write it again."
        ) from error
    names = features[NAME_FEATURE].bytes_list.value
    return content, names[0].decode(errors="replace") if names else None
