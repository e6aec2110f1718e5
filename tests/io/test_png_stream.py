"""PNG files written band by band, read back by Pillow."""

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.io.png_stream import open_png

PICTURE = np.random.default_rng(0).integers(0, 256, (97, 1001), np.uint8)


PALETTE = np.random.default_rng(1).integers(0, 256, (256, 3), np.uint8)


def write(path, height, width, bands, **options):
    with open_png(path, height, width, **options) as append:
        for band in bands:
            append(band)


@pytest.mark.parametrize("rows", [1, 50, 97])
@pytest.mark.parametrize(
    ("pixels", "mode", "options"),
    [
        (PICTURE, "L", {}),
        (PICTURE, "P", {"palette": PALETTE}),
        (
            np.stack([PICTURE, PICTURE + 1, PICTURE * 3], axis=-1),
            "RGB",
            {"in_color": True},
        ),
    ],
)
def test_gives_back_the_values(tmp_path, rows, pixels, mode, options):
    path = tmp_path / "a.png"
    bands = (pixels[top : top + rows] for top in range(0, 97, rows))
    write(path, *PICTURE.shape, bands, **options)
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", mode)
        np.testing.assert_array_equal(picture, pixels)
        if mode == "P":
            colors = picture.convert("RGB")
            np.testing.assert_array_equal(colors, PALETTE[PICTURE])
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "bands", [[PICTURE[:50]], [PICTURE[:, :7]], [PICTURE, PICTURE]]
)
def test_refuses_another_picture_and_leaves_nothing(tmp_path, bands):
    with pytest.raises(ValueError, match=r"left|shape"):
        write(tmp_path / "a.png", *PICTURE.shape, bands)
    assert list(tmp_path.iterdir()) == []
