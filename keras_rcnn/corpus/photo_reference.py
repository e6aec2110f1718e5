"""Where an encoded photo lies."""

from typing import NamedTuple

from keras_rcnn.corpus import stored_files
from keras_rcnn.errors import InputError

# The features that tf.train.Example has a photo and its name under.
IMAGE_FEATURE, NAME_FEATURE = "image/encoded", "image/filename"
# The tag of the first field of a tf.train.Example; no picture begins so.
_EXAMPLE = b"\n"


class PhotoReference(NamedTuple):
    """A file, or a record of a TFRecord file.

    Args:
        path: what the tables call the photo.
        file: the file it is in.
        offset: where the record begins in the file, in bytes.
        length: bytes of the record; -1 for a whole file.
    """

    path: str
    file: str
    offset: int = 0
    length: int = -1

    def read(self) -> bytes:
        """The encoded photo.

        Raises:
            InputError: if it cannot be read.
        """
        try:
            content = stored_files.read(self.file, self.offset, self.length)
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be read ({error}): look whether it is "
                "there."
            ) from error
        return content if self.length < 0 else photo_of_record(content)[0]


def photo_of_record(record: bytes) -> tuple[bytes, str | None]:
    """An encoded photo and its name.

    Args:
        record: a tf.train.Example with the feature `image/encoded` and perhaps
            `image/filename`, or an encoded photo as it is.

    Raises:
        InputError: if it is an example without a photo.
    """
    import tensorflow as tf

    if not record.startswith(_EXAMPLE):
        return record, None
    try:
        features = tf.train.Example.FromString(record).features.feature
        (content,) = features[IMAGE_FEATURE].bytes_list.value
    except Exception as error:  # Protobuf's has no public name.
        raise InputError(
            "A record is neither a photo nor a tf.train.Example with one photo "
            f"as its feature {IMAGE_FEATURE}: write it anew."
        ) from error
    names = features[NAME_FEATURE].bytes_list.value
    return content, names[0].decode(errors="replace") if names else None
