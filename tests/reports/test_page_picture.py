"""Pictures inside pages are scaled down and keep what matters."""

import io

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.reports.page_picture import PagePicture, encode_picture


def pixels_of(content):
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize("is_photo", [True, False])
def test_pictures_are_scaled_down(is_photo):
    color = np.array((200, 30, 90))
    large = np.full((30, 90, 3), color, np.uint8)
    for picture, size in ((large, (45, 15)), (large[:9, :9], (9, 9))):
        content = encode_picture(picture, 45, is_photo)
        assert PagePicture(content, "").size == size
        off = pixels_of(content).astype(int) - color
        assert np.abs(off).max() <= (3 if is_photo else 0)


def test_a_line_stays_a_pixel_wide():
    line = np.zeros((1, 1000, 3), np.uint8)
    assert pixels_of(encode_picture(line, 10, False)).shape == (1, 10, 3)


def test_label_pictures_get_no_new_colors():
    labels = np.random.default_rng(0).choice([0, 250], (40, 40, 1))
    labels = np.tile(labels, 3).astype(np.uint8)
    content = encode_picture(labels, 17, False)
    assert set(np.unique(pixels_of(content))) == {0, 250}
    assert PagePicture(content, "").uri.startswith("data:image/png;")
    photo = PagePicture(encode_picture(labels, 17, True), "")
    assert photo.uri.startswith("data:image/jpeg;")
