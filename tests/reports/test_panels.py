"""Where the pictures in a picture stand, and what is said of them."""

import numpy as np
import pytest

from keras_rcnn.reports import (
    instances_strip,
    label_colors,
    legend,
    overlay,
    overlay_with_legend,
    scored_photo,
    side_by_side,
)
from keras_rcnn.reports.legends import text_width

NAMES = ("sky", "tree", "road")
PALETTE = ((135, 206, 235), (20, 90, 40), (128, 110, 140))
# Text is 12 pixels high beside small pictures, the gap half of that, and a
# line of captions twice as high.
GAP, TOP = 6, 24


def has_color(picture, color):
    return (picture == np.array(color)).all(axis=-1).any()


def swatches(picture):
    """Colors of the middles of the swatches, from top to bottom."""
    row_height = round(1.6 * 14)
    middles = range(row_height // 2, picture.shape[0], row_height)
    return [tuple(picture[row, row_height // 2].tolist()) for row in middles]


def test_legend_names_what_is_there_the_largest_first():
    labels = np.array([[2, 2, 2, 0]], np.uint8)
    assert swatches(legend(labels, NAMES, PALETTE)) == [PALETTE[2], PALETTE[0]]


def test_legend_names_unknown_last():
    labels = np.array([[255, 255, 1]], np.uint8)
    assert swatches(legend(labels, NAMES, PALETTE)) == [PALETTE[1], (0, 0, 0)]


def test_legend_is_as_wide_as_its_text():
    labels = np.array([[1]], np.uint8)
    with_shares = legend(labels, NAMES, PALETTE)
    without = legend(labels, NAMES, PALETTE, show_shares=False)
    assert with_shares.shape[1] - without.shape[1] == text_width(
        "tree  100.0 %", 14
    ) - text_width("tree", 14)


def test_legend_shortens_endless_names():
    labels = np.array([[0]], np.uint8)
    long, longer = (
        legend(labels, ["x" * count], PALETTE[:1]) for count in (100, 2000)
    )
    np.testing.assert_array_equal(long, longer)


def test_legend_of_names_in_other_scripts():
    labels = np.array([[0]], np.uint8)
    pictures = [legend(labels, [name], PALETTE) for name in ("небо", "поле")]
    # A font without them would draw four equal boxes for either.
    assert not np.array_equal(*pictures)


def test_side_by_side_without_captions(noise):
    small = noise[:10, :5]
    row = side_by_side([noise, small, noise])
    height, width = noise.shape[:2]
    assert row.shape == (height, 2 * width + 5 + 2 * GAP, 3)
    np.testing.assert_array_equal(row[:, :width], noise)
    left = width + GAP
    np.testing.assert_array_equal(row[:10, left : left + 5], small)
    # All else is white.
    assert (row[10:, left : left + 5] == 255).all()
    assert (row[:, width:left] == 255).all()


def test_captions_stand_above_and_make_room(noise):
    caption = "a caption that is wider than its picture"
    row = side_by_side([noise, noise], [caption, ""])
    height, width = noise.shape[:2]
    left = text_width(caption, 12) + GAP
    assert row.shape == (TOP + height, left + width, 3)
    np.testing.assert_array_equal(row[TOP:, :width], noise)
    np.testing.assert_array_equal(row[TOP:, left:], noise)
    assert (row[:TOP, :left] < 128).any()
    assert (row[:TOP, left:] == 255).all()


def test_as_many_captions_as_pictures(noise):
    with pytest.raises(ValueError, match="zip"):
        side_by_side([noise], ["one", "two"])


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3)])
def test_overlay_with_legend_of_any_size(size):
    image = np.full((*size, 3), 99, np.uint8)
    labels = np.full(size, 1, np.uint8)
    picture = overlay_with_legend(image, labels, NAMES, PALETTE)
    np.testing.assert_array_equal(
        picture[: size[0], : size[1]], overlay(image, labels, PALETTE)
    )
    beside = picture[:, size[1] :]
    assert has_color(beside, PALETTE[1])
    assert not has_color(beside, PALETTE[0])


def test_scored_photo_shows_all_four(noise):
    truth = np.zeros(noise.shape[:2], np.uint8)
    labels = truth.copy()
    labels[:12] = 1
    truth[12:18] = 255
    # Known: the first 12 rows, all wrong, and the last 6, all right: 33.3 %.
    picture = scored_photo(noise, truth, labels, NAMES, PALETTE)
    height, width = noise.shape[:2]
    np.testing.assert_array_equal(picture[TOP:][:height, :width], noise)
    errors = np.empty((height, width, 3), np.uint8)
    errors[:] = (205, 30, 45)
    errors[12:18] = (0, 0, 0)
    errors[18:] = (225, 225, 225)
    left = 0
    for caption, expected in {
        "photo": noise,
        "truth": label_colors(truth, PALETTE),
        "labels": label_colors(labels, PALETTE),
        "errors (33.3 % right)": errors,
    }.items():
        np.testing.assert_array_equal(
            picture[TOP : TOP + height, left : left + width], expected
        )
        left += max(width, text_width(caption, 12)) + GAP
    # The legend names what is in either, and what is unknown.
    assert all(
        has_color(picture[:, left:], color)
        for color in (*PALETTE[:2], (0, 0, 0))
    )


def test_scored_photo_of_which_nothing_is_known(noise):
    unknown = np.full(noise.shape[:2], 255, np.uint8)
    picture = scored_photo(noise, unknown, unknown, NAMES, PALETTE)
    assert not has_color(picture, (205, 30, 45))


def test_instances_strip(noise):
    shape = noise.shape[:2]
    labels = [np.full(shape, index, np.uint8) for index in range(3)]
    strip = instances_strip(noise, labels, NAMES, PALETTE)
    height, width = shape
    # "instance 1" is wider than these photos.
    column = max(width, text_width("instance 1", 12)) + GAP
    left = max(width, text_width("photo", 12)) + GAP
    for index in range(3):
        part = strip[TOP : TOP + height, left : left + width]
        assert (part == np.array(PALETTE[index])).all()
        left += column
    # The legend names what is in any of them.
    assert all(has_color(strip[:, left:], color) for color in PALETTE)
