"""PNG files written band by band, read back by Pillow."""

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.errors import InputError
from keras_rcnn.io.png_stream import open_png

PICTURE = np.random.default_rng(0).integers(0, 256, (97, 1001), np.uint8)


def write(path, height, width, bands):
    with open_png(path, height, width) as append:
        for band in bands:
            append(band)


@pytest.mark.parametrize("rows", [1, 50, 97])
def test_gives_back_the_values(tmp_path, rows):
    path = tmp_path / "a.png"
    bands = (PICTURE[top : top + rows] for top in range(0, 97, rows))
    write(path, *PICTURE.shape, bands)
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", "L")
        np.testing.assert_array_equal(np.asarray(picture), PICTURE)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "bands", [[PICTURE[:50]], [PICTURE[:, :7]], [PICTURE, PICTURE]]
)
def test_refuses_another_picture_and_leaves_nothing(tmp_path, bands):
    with pytest.raises(ValueError, match=r"left|shape"):
        write(tmp_path / "a.png", *PICTURE.shape, bands)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named(tmp_path):
    (tmp_path / ".a.png.part").symlink_to("/dev/full")
    with pytest.raises(InputError, match=r"a\.png cannot be written \(No spa"):
        write(tmp_path / "a.png", *PICTURE.shape, [PICTURE])
    assert list(tmp_path.iterdir()) == []


def test_a_palette(tmp_path):
    palette = np.random.default_rng(1).integers(0, 256, (256, 3), np.uint8)
    with open_png(tmp_path / "a.png", *PICTURE.shape, palette) as append:
        append(PICTURE[:40])
        append(PICTURE[40:])
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode == "P"
        np.testing.assert_array_equal(np.asarray(picture), PICTURE)
        np.testing.assert_array_equal(
            np.asarray(picture.convert("RGB")), palette[PICTURE]
        )


def test_colors(tmp_path):
    colors = np.stack([PICTURE, PICTURE + 1, PICTURE * 3], axis=-1)
    path = tmp_path / "a.png"
    with open_png(path, *PICTURE.shape, in_color=True) as append:
        append(colors[:1])
        append(colors[1:])
    with Image.open(path) as picture:
        assert picture.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(picture), colors)
