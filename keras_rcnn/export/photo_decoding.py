"""JPEG and PNG files decoded by a graph, with the pixels of `read_image`."""

import functools
from typing import Any

import tensorflow as tf

from keras_rcnn.export.jpeg_orientation import read_orientation

_PNG = b"\x89PNG\r\n\x1a\n"
# Positions in the first chunk of a PNG file.
_SIZE, _BITS, _COLORS = 16, 24, 25
_GRAY, _RGB, _PALETTE = 0, 2, 3


def decode_photo(
    content: tf.Tensor, max_pixels: int, name: tf.Tensor
) -> tf.Tensor:
    """Decodes a photo: upright, in color, transparent pixels white.

    Args:
        content: content of a JPEG or PNG file, a string.
        max_pixels: larger photos are refused before they are decoded.
        name: name of the photo in errors.

    Returns:
        uint8 `(height, width, 3)`.

    Raises:
        tf.errors.InvalidArgumentError: if the file has another format, is
            broken or too large.
    """
    jpeg = tf.strings.substr(content, 0, 3) == b"\xff\xd8\xff"
    png = tf.strings.substr(content, 0, len(_PNG)) == _PNG
    content = checked(content, jpeg | png, [name, "is no JPEG or PNG file."])
    size = tf.cond(
        jpeg,
        lambda: tf.cast(tf.io.extract_jpeg_shape(content)[:2], tf.int64),
        lambda: _png_size(content),
    )
    pixels = tf.reduce_prod(size)
    content = checked(
        content,
        (pixels > 0) & (pixels <= max_pixels),
        [name, "has", size, "rows and columns; pixels allowed:", max_pixels],
    )
    return tf.cond(
        jpeg, lambda: _decode_jpeg(content), lambda: _decode_png(content)
    )


def checked(
    values: tf.Tensor, condition: tf.Tensor, message: list[Any]
) -> tf.Tensor:
    """Returns the values after checking a condition.

    Raises:
        tf.errors.InvalidArgumentError: if the condition is false.
    """
    # `tf.debugging.Assert` would make a larger graph.
    check = tf.raw_ops.Assert(
        condition=condition, data=[tf.convert_to_tensor(x) for x in message]
    )
    with tf.control_dependencies([check]):
        return tf.identity(values)


def _decode_jpeg(content: tf.Tensor) -> tf.Tensor:
    image = tf.io.decode_jpeg(
        content, channels=3, dct_method="INTEGER_ACCURATE"
    )
    return _turned(image, read_orientation(content))


def _turned(image: tf.Tensor, orientation: tf.Tensor) -> tf.Tensor:
    """Rotates and mirrors an image by its EXIF orientation."""

    def turned(transposed: bool, *axes: int) -> tf.Tensor:
        # Orientations 5 to 8 exchange rows and columns.
        planes = tf.transpose(image, (1, 0, 2)) if transposed else image
        return tf.reverse(planes, axes) if axes else planes

    mirrored = (), (1,), (0, 1), (0,)
    return tf.switch_case(
        orientation - 1,
        [
            functools.partial(turned, transposed, *axes)
            for transposed in (False, True)
            for axes in mirrored
        ],
    )


def _png_header(content: tf.Tensor) -> tf.Tensor:
    """Returns the first bytes, int64, filled up with zeros."""
    count = _COLORS + 1
    start = tf.strings.substr(content, 0, count)
    values = tf.cast(tf.io.decode_raw(start, tf.uint8), tf.int64)
    return tf.pad(values, [[0, count - tf.shape(values)[0]]])


def _png_size(content: tf.Tensor) -> tf.Tensor:
    """Returns the numbers of rows and columns, int64 `(2,)`."""
    sizes = tf.reshape(_png_header(content)[_SIZE : _SIZE + 8], (2, 4))
    places = tf.constant([256**3, 256**2, 256, 1], tf.int64)
    width, height = tf.unstack(tf.reduce_sum(sizes * places, axis=1))
    return tf.stack([height, width])


def _decode_png(content: tf.Tensor) -> tf.Tensor:
    header = _png_header(content)
    bits, colors = header[_BITS], header[_COLORS]
    gray = colors == _GRAY
    return tf.case(
        [
            (gray & (bits == 16), lambda: _decode_fine_gray(content)),
            (gray & (bits < 8), lambda: _decode_coarse_gray(content)),
            (colors == _PALETTE, lambda: _decode_palette(content)),
            # Pillow ignores a transparent color of 16 bits.
            (
                (colors == _RGB) & (bits == 16),
                lambda: tf.io.decode_png(content, 3),
            ),
        ],
        default=lambda: _on_white(tf.io.decode_png(content, 4)),
    )


def _decode_fine_gray(content: tf.Tensor) -> tf.Tensor:
    gray = tf.cast(tf.io.decode_png(content, 1, tf.uint16), tf.int32)
    # 65535 = 257 * 255, so white stays white.
    return _in_color((gray + 128) // 257)


def _decode_coarse_gray(content: tf.Tensor) -> tf.Tensor:
    # With more channels TensorFlow would decode black and white to 0 and 1.
    return _in_color(tf.io.decode_png(content, 1))


def _decode_palette(content: tf.Tensor) -> tf.Tensor:
    # TensorFlow gives as many channels as the palette has. If it is asked for
    # an opacity that a palette of few colors lacks, it invents one.
    image = tf.io.decode_png(content)
    opaque = tf.fill(tf.shape(image[..., :1]), tf.constant(255, tf.uint8))
    return _on_white(tf.concat([image, opaque], axis=-1)[..., :4])


def _in_color(gray: tf.Tensor) -> tf.Tensor:
    return tf.tile(tf.cast(gray, tf.uint8), (1, 1, 3))


def _on_white(image: tf.Tensor) -> tf.Tensor:
    """Blends an image with opacity onto white, rounded as Pillow does."""
    colors, opacity = tf.split(tf.cast(image, tf.int32), (3, 1), axis=-1)
    total = 128 * (opacity * colors + (255 - opacity) * 255 + 128)
    return tf.cast((total + total // 256) // 2**15, tf.uint8)
