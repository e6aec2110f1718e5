"""Photos of every kind, whole and broken, from real files."""

import struct

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.errors import InputError
from keras_rcnn.io.images import (
    read_image,
    resize_labels,
    scale_down,
    write_png,
)
from tests.helpers.png import png

ORIENTATION = 0x0112


def test_color(write_picture, noise):
    image = read_image(write_picture("a.png", noise))
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, noise)
    image += 1  # A copy of its own, to be written on.


def test_jpeg(write_picture):
    flat = np.full((16, 24, 3), (200, 100, 50), np.uint8)
    image = read_image(write_picture("a.jpg", flat, quality=95))
    assert image.shape == (16, 24, 3)
    np.testing.assert_allclose(image.astype(int), flat, atol=3)


def test_cmyk_jpeg(write_picture):
    # Ink, not light: no cyan, all yellow and magenta is red.
    ink = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    image = read_image(write_picture("a.jpg", ink, quality=95))
    np.testing.assert_allclose(image[4, 4], (255, 0, 0), atol=12)


PALETTE = Image.fromarray(np.array([[1, 0]], np.uint8), "P")
PALETTE.putpalette([1, 2, 3, 4, 5, 6])
WHITE, BLACK = [255] * 3, [0] * 3


@pytest.mark.parametrize(
    ("picture", "options", "expected"),
    [
        (np.array([[9, 200]], np.uint8), {}, [[9] * 3, [200] * 3]),
        (np.array([[[7, 8, 9]]], np.uint8), {}, [[7, 8, 9]]),
        (Image.fromarray(np.array([[True, False]])), {}, [WHITE, BLACK]),
        (PALETTE, {}, [[4, 5, 6], [1, 2, 3]]),
        (PALETTE, {"transparency": 0}, [[4, 5, 6], WHITE]),
        # Over white: value * alpha + 255 * (1 - alpha).
        (Image.new("RGBA", (1, 1), (10, 20, 30, 255)), {}, [[10, 20, 30]]),
        (Image.new("RGBA", (1, 1), (10, 20, 30, 0)), {}, [WHITE]),
        # 51 / 255 = 0.2: 0.2 * 100 + 0.8 * 255 = 224
        (Image.new("RGBA", (1, 1), (100, 100, 0, 51)), {}, [[224, 224, 204]]),
        (Image.new("LA", (1, 1), (100, 51)), {}, [[224] * 3]),
    ],
)
def test_every_mode_becomes_color_on_white(
    write_picture, picture, options, expected
):
    path = write_picture("a.png", picture, **options)
    assert read_image(path).tolist() == [expected]
    assert read_image(str(path)).shape == (1, len(expected), 3)


@pytest.mark.parametrize(
    ("width", "bits", "color_type", "row", "expected"),
    [
        # 65535 is white; 257 steps of 16 bits are one of 8, halves rounded up.
        (
            6,
            16,
            0,
            struct.pack(">6H", 0, 128, 129, 257, 32896, 65535),
            [[value] * 3 for value in (0, 0, 1, 1, 128, 255)],
        ),
        (1, 16, 2, struct.pack(">3H", 65535, 0, 32896), [[255, 0, 128]]),
        *((1, bits, 0, b"\xff", [WHITE]) for bits in (1, 2, 4)),
    ],
)
def test_png_of_16_or_few_bits(
    tmp_path, width, bits, color_type, row, expected
):
    file = tmp_path / "a.png"
    file.write_bytes(png(width, 1, bits, color_type, [row]))
    assert read_image(file).tolist() == [expected]


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        # What the EXIF standard says row 0 and column 0 of the file are.
        (1, lambda stored: stored),
        (2, lambda stored: stored[:, ::-1]),
        (3, lambda stored: stored[::-1, ::-1]),
        (4, lambda stored: stored[::-1]),
        (5, lambda stored: stored.transpose(1, 0, 2)),
        (6, lambda stored: np.rot90(stored, -1)),
        (7, lambda stored: np.rot90(stored, -1)[:, ::-1][::-1, ::-1]),
        (8, lambda stored: np.rot90(stored)),
    ],
)
def test_exif_rotation(write_picture, noise, orientation, upright):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = write_picture("a.png", noise, exif=exif)
    np.testing.assert_array_equal(read_image(path), upright(noise))


def test_broken_exif_is_no_obstacle(write_picture, noise):
    exif = b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x01\x02"
    path = write_picture("a.jpg", noise, exif=exif)
    assert read_image(path).shape == noise.shape


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("truncated", r"cut\.jpg is broken \(.*truncated.*: copy"),
        ("text", r"text\.png is no picture: give"),
        ("empty", r"empty\.jpg is empty, 0 bytes: give"),
        ("missing", r"no file .*none\.jpg: check"),
        ("folder", r"cannot be read .*directory"),
    ],
)
def test_names_what_is_wrong(broken_files, tmp_path, what, message):
    others = {"missing": tmp_path / "none.jpg", "folder": tmp_path}
    with pytest.raises(InputError, match=message) as error:
        read_image((broken_files | others)[what])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("keep", [8, 20, 33, 60, 100, 500])
def test_png_cut_anywhere(write_picture, noise, keep):
    path = write_picture("a.png", noise)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"a\.png is "):
        read_image(path)


@pytest.mark.parametrize("width", [150, 1000])
def test_decompression_bomb(write_picture, monkeypatch, width):
    # Pillow warns beyond its bound, and raises beyond twice that.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    path = write_picture("a.png", np.zeros((1, width), np.uint8))
    with pytest.raises(InputError, match="more than 100 pixels"):
        read_image(path)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_write_png_gives_back_the_values(tmp_path, noise, mode):
    pixels = noise[..., 0] if mode == "L" else noise
    write_png(tmp_path / "a.png", pixels)
    with Image.open(tmp_path / "a.png") as picture:
        assert (picture.format, picture.mode) == ("PNG", mode)
        np.testing.assert_array_equal(picture, pixels)


@pytest.mark.parametrize(
    ("shape", "longest_side", "expected"),
    [
        ((40, 60), 30, (20, 30)),
        ((60, 40), 30, (30, 20)),
        ((40, 60), 60, (40, 60)),
        ((40, 60), 600, (40, 60)),
        ((40, 60), None, (40, 60)),
        ((1, 60), 6, (1, 6)),
    ],
)
def test_scale_down(shape, longest_side, expected):
    image = np.zeros((*shape, 3), np.uint8)
    assert scale_down(image, longest_side).shape == (*expected, 3)


def test_scale_down_averages_and_refuses_nothing():
    # 2 x 2 blocks of which one pixel of four is 200.
    block = np.array([[200, 0], [0, 0]], np.uint8)
    image = np.tile(block, (3, 3))[..., np.newaxis].repeat(3, axis=-1)
    np.testing.assert_array_equal(scale_down(image, 3), 50)
    with pytest.raises(InputError, match="0 pixels: give 1 or more"):
        scale_down(image, 0)


def test_resize_labels_invents_none():
    labels = np.array([[3, 7]], np.uint8)
    assert resize_labels(labels, 2, 4).tolist() == [[3, 3, 7, 7]] * 2
    assert resize_labels(labels, 1, 2) is labels
