"""How a JPEG file asks to be turned, read by a graph."""

import tensorflow as tf

# Cameras write their notes before the picture, in 64 KB at most.
_MAX_BYTES = 2**17
_MAX_SEGMENTS = 100
_NOTES, _PICTURE = 0xE1, 0xDA
_EXIF = tuple(b"Exif\0\0")
_ORIENTATION_TAG = 0x0112
_LITTLE_ENDIAN = ord("I")
_BYTES_AN_ENTRY = 12


def jpeg_orientation(content: tf.Tensor) -> tf.Tensor:
    """EXIF's number of the turn, 1 to 8, 1 being upright.

    Args:
        content: the file, a string.

    Returns:
        int32; 1 if the file says nothing, or nothing that makes sense.

    Reference:
        CIPA DC-008 (EXIF), section 4.6.
    """
    return _Notes(content).orientation()


class _Notes:
    """The bytes of a file as numbers; zeros where it has ended."""

    def __init__(self, content: tf.Tensor) -> None:
        start = tf.strings.substr(content, 0, _MAX_BYTES)
        self.bytes = tf.cast(tf.io.decode_raw(start, tf.uint8), tf.int32)
        self.size = tf.shape(self.bytes)[0]
        self.bytes = tf.pad(self.bytes, [[0, 1]])

    def at(self, index: tf.Tensor) -> tf.Tensor:
        """The byte at an index, or bytes at several."""
        inside = (index >= 0) & (index < self.size)
        return tf.gather(self.bytes, tf.where(inside, index, self.size))

    def number(
        self, index: tf.Tensor, length: int, little: tf.Tensor | bool = False
    ) -> tf.Tensor:
        """The whole number of so many bytes at an index."""
        values = self.at(index[..., tf.newaxis] + tf.range(length))
        # Four bytes may become negative, which is no place in the file.
        places = tf.bitwise.left_shift(1, 8 * tf.range(length))
        places = tf.where(little, places, places[::-1])
        return tf.reduce_sum(values * places, axis=-1)

    def orientation(self) -> tf.Tensor:
        """What the entry of that tag says."""
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
        """Where the segment begins, or the end of the file."""

        def is_exif(place: tf.Tensor) -> tf.Tensor:
            name = self.at(place + 4 + tf.range(len(_EXIF)))
            return (self.at(place + 1) == _NOTES) & tf.reduce_all(name == _EXIF)

        def goes_on(place: tf.Tensor) -> tf.Tensor:
            marker, kind = self.at(place), self.at(place + 1)
            segment = (marker == 0xFF) & (kind != _PICTURE)
            return segment & (place < self.size) & ~is_exif(place)

        def step(place: tf.Tensor) -> tuple[tf.Tensor]:
            return (place + 2 + tf.maximum(self.number(place + 2, 2), 2),)

        # The file begins with a marker of two bytes.
        (place,) = tf.while_loop(
            goes_on, step, (tf.constant(2),), maximum_iterations=_MAX_SEGMENTS
        )
        return tf.where(is_exif(place), place, self.size)
