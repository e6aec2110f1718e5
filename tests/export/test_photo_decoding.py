"""Files decoded by a graph, against Pillow's pixels."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_rcnn.export.photo_decoding import decode_photo
from keras_rcnn.io.images import read_image
from tests.helpers.png import png

MAX_PIXELS = 10_000


@pytest.fixture(scope="module")
def decode():
    return tf.function(
        lambda content: decode_photo(content, MAX_PIXELS, "that photo"),
        input_signature=[tf.TensorSpec((), tf.string)],
    )


@pytest.fixture(scope="module")
def photo():
    """Smooth, as photos are, with some noise."""
    rng = np.random.default_rng(0)
    smooth = Image.fromarray(rng.integers(0, 256, (5, 7, 4), np.uint8))
    values = np.array(smooth.resize((90, 61), Image.Resampling.BICUBIC), int)
    values += rng.integers(-9, 10, values.shape)
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def encode(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def check(decode, content, tmp_path):
    file = tmp_path / "photo"
    file.write_bytes(content)
    np.testing.assert_array_equal(decode(content), read_image(file))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_jpeg(decode, photo, tmp_path, mode, options):
    check(decode, encode(photo.convert(mode), "JPEG", **options), tmp_path)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("size", [(90, 61), (33, 17), (1, 1)])
def test_jpeg_with_coarse_colors(decode, photo, tmp_path, subsampling, size):
    image = photo.convert("RGB").crop((0, 0, *size))
    check(decode, encode(image, "JPEG", subsampling=subsampling), tmp_path)


@pytest.mark.parametrize("endian", "<>")
@pytest.mark.parametrize("orientation", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 300])
def test_exif(decode, photo, tmp_path, endian, orientation):
    exif = Image.Exif()
    exif.endian = endian
    exif[0x010F] = "a maker"
    exif[0x0112] = orientation
    content = encode(photo.convert("RGB"), "JPEG", exif=exif.tobytes())
    check(decode, content, tmp_path)


def test_exif_cut_short_does_no_harm(decode, photo):
    exif = Image.Exif()
    exif[0x0112] = 6
    notes = exif.tobytes()
    image = photo.convert("RGB")
    for length in range(6, len(notes), 5):
        content = encode(image, "JPEG", exif=notes[:length])
        assert sorted(decode(content).shape) == [3, 61, 90]


def test_png_is_not_turned(decode, photo):
    """As docs/serving.md says."""
    exif = Image.Exif()
    exif[0x0112] = 6
    image = photo.convert("RGB")
    np.testing.assert_array_equal(
        decode(encode(image, "PNG", exif=exif)), np.asarray(image)
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_png(decode, photo, tmp_path, mode):
    check(decode, encode(photo.convert(mode), "PNG"), tmp_path)


@pytest.mark.parametrize(
    ("mode", "transparency"), [("P", 3), ("RGB", (10, 20, 30))]
)
def test_png_with_a_transparent_color(
    decode, photo, tmp_path, mode, transparency
):
    image = photo.convert(mode)
    image.paste(transparency, (5, 5, 20, 30))
    content = encode(image, "PNG", transparency=transparency)
    check(decode, content, tmp_path)


def test_png_of_16_bits(decode, tmp_path):
    values = np.arange(0, 65536, 13, np.uint16)[:5040].reshape(63, 80)
    check(decode, encode(Image.fromarray(values), "PNG"), tmp_path)


# Channels and bit depths of each color type of PNG.
PNG_TYPES = {
    0: (1, (1, 2, 4, 8, 16)),
    2: (3, (8, 16)),
    3: (1, (1, 2, 4, 8)),
    4: (2, (8, 16)),
    6: (4, (8, 16)),
}


@pytest.mark.parametrize("transparent", [False, True])
@pytest.mark.parametrize(
    ("color_type", "bits"),
    [
        (kind, bits)
        for kind, (_, depths) in PNG_TYPES.items()
        for bits in depths
    ],
)
def test_every_kind_of_png(decode, tmp_path, color_type, bits, transparent):
    rng = np.random.default_rng(0)
    height, width, channels = 9, 13, PNG_TYPES[color_type][0]
    values = rng.integers(0, 2**bits, (height, width * channels))
    places = 2 ** np.arange(bits)[::-1]
    digits = (values[..., np.newaxis] & places > 0).reshape(height, -1)
    palette = transparency = b""
    if color_type == 3:
        palette = rng.bytes(3 * 2**bits)
        transparency = rng.bytes(2**bits)
    elif color_type in (0, 2):
        # The color of the first pixel.
        transparency = values[0, :channels].astype(">u2").tobytes()
    content = png(
        width,
        height,
        bits,
        color_type,
        [row.tobytes() for row in np.packbits(digits, axis=1)],
        palette,
        transparency if transparent else b"",
    )
    check(decode, content, tmp_path)


def test_an_orientation_in_xmp_alone_is_not_honored(decode, photo, tmp_path):
    """Few programs do, and EXIF has the last word."""
    xmp = b'<x:xmpmeta xmlns:tiff="http://ns" tiff:Orientation="6"/>'
    image = photo.convert("RGB")
    check(decode, encode(image, "JPEG", xmp=xmp), tmp_path)
    assert read_image(tmp_path / "photo").shape == (61, 90, 3)


def broken(photo):
    """Files and what is said of them, by what is wrong with them."""
    jpeg = encode(photo.convert("RGB"), "JPEG")
    png = encode(photo.convert("RGB"), "PNG")
    large = Image.new("L", (101, 100))
    return {
        "empty": (b"", "that photo. .is no JPEG or PNG"),
        "text": (b"a photo, honestly", "that photo. .is no JPEG or PNG"),
        "gif": (encode(photo, "GIF"), "that photo. .is no JPEG or PNG"),
        "three bytes of JPEG": (jpeg[:3], "Invalid JPEG"),
        "half a JPEG": (jpeg[: len(jpeg) // 2], "Invalid JPEG"),
        "most of a JPEG": (jpeg[:-9], "Invalid JPEG"),
        "eight bytes of PNG": (png[:8], "that photo. .has. .0 0"),
        "half a PNG": (png[: len(png) // 2], "Invalid PNG"),
        "large PNG": (encode(large, "PNG"), "has. .100 101. .rows and col"),
        "large JPEG": (encode(large, "JPEG"), "has. .100 101. .rows and col"),
    }


@pytest.mark.parametrize("name", broken(Image.new("RGBA", (30, 20))))
def test_broken_files(decode, photo, name):
    content, reason = broken(photo)[name]
    with pytest.raises(tf.errors.InvalidArgumentError, match=reason):
        decode(content)
