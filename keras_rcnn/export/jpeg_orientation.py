"""The EXIF orientation of a JPEG file, read by a graph."""

import tensorflow as tf

# EXIF data come before the image data, in at most 64 KB.
_MAX_BYTES = 2**17
_MAX_SEGMENTS = 100
_NOTES, _PICTURE = 0xE1, 0xDA
_EXIF = tuple(b"Exif\0\0")
_ORIENTATION_TAG = 0x0112
_LITTLE_ENDIAN = ord("I")
_BYTES_AN_ENTRY = 12


def read_orientation(content: tf.Tensor) -> tf.Tensor:
    """Returns the EXIF orientation, 1 to 8, where 1 is upright.

    Args:
        content: content of the file, a string.

    Returns:
        int32; 1 if the file has no valid orientation.

    Reference:
        CIPA DC-008 (EXIF), section 4.6.
    """
    return _Notes(content).orientation()


class _Notes:
    """The bytes of a file as numbers, followed by zeros."""

    def __init__(self, content: tf.Tensor) -> None:
        start = tf.strings.substr(content, 0, _MAX_BYTES)
        self.bytes = tf.cast(tf.io.decode_raw(start, tf.uint8), tf.int32)
        self.size = tf.shape(self.bytes)[0]
        self.bytes = tf.pad(self.bytes, [[0, 1]])

    def at(self, index: tf.Tensor) -> tf.Tensor:
        """Returns the bytes at one index or several."""
        inside = (index >= 0) & (index < self.size)
        return tf.gather(self.bytes, tf.where(inside, index, self.size))

    def number(
        self, index: tf.Tensor, length: int, little: tf.Tensor | bool = False
    ) -> tf.Tensor:
        """Returns the integer of `length` bytes at an index."""
        values = self.at(index[..., tf.newaxis] + tf.range(length))
        # A negative result of four bytes is outside of the file.
        places = tf.bitwise.left_shift(1, 8 * tf.range(length))
        places = tf.where(little, places, places[::-1])
        return tf.reduce_sum(values * places, axis=-1)

    def orientation(self) -> tf.Tensor:
        """Returns the value of the orientation tag."""
        header = self._find_exif() + 10
        little = self.at(header) == _LITTLE_ENDIAN
        directory = header + self.number(header + 4, 4, little)
        count = self.number(directory, 2, little)
        entries = directory + 2 + _BYTES_AN_ENTRY * tf.range(count)
        tags = self.number(entries, 2, little)
        values = self.number(entries + 8, 2, little)
        found = tf.boolean_mask(values, tags == _ORIENTATION_TAG)
        value = tf.concat([found, [1]], axis=0)[0]
        return tf.where((value >= 1) & (value <= 8), value, 1)

    def _find_exif(self) -> tf.Tensor:
        """Returns where the EXIF segment begins, or the size of the file."""

        def is_exif(place: tf.Tensor) -> tf.Tensor:
            name = self.at(place + 4 + tf.range(len(_EXIF)))
            return (self.at(place + 1) == _NOTES) & tf.reduce_all(name == _EXIF)

        def is_other_segment(place: tf.Tensor) -> tf.Tensor:
            marker, kind = self.at(place), self.at(place + 1)
            segment = (marker == 0xFF) & (kind != _PICTURE)
            return segment & (place < self.size) & ~is_exif(place)

        def step(place: tf.Tensor) -> tuple[tf.Tensor]:
            return (place + 2 + tf.maximum(self.number(place + 2, 2), 2),)

        # The file begins with a marker of two bytes.
        (place,) = tf.while_loop(
            is_other_segment,
            step,
            (tf.constant(2),),
            maximum_iterations=_MAX_SEGMENTS,
        )
        return tf.where(is_exif(place), place, self.size)
