"""Examples of confused classes are the largest connected regions."""

import numpy as np
import pytest

from keras_rcnn.reports.confused_examples import (
    ConfusedExamples,
    largest_region,
    outlined_crop,
)


def test_examples_are_the_largest_regions():
    examples = ConfusedExamples(num_examples=2)
    for name, side in (("small", 2), ("large", 9), ("middle", 5)):
        example = {
            "name": name.encode(),
            "image": np.zeros((30, 30, 3), np.uint8),
            "label": np.zeros((30, 30), np.uint8),
        }
        labels = example["label"].copy()
        labels[3 : 3 + side, 4 : 4 + side] = 1
        # More pixels, which are not connected.
        labels[20::2, 20::2] = 1
        examples.add(example, labels)

    found = examples.largest(0, 1)
    assert [each[:2] for each in found] == [(81, "large"), (25, "middle")]
    assert examples.largest(1, 0) == []


def test_the_largest_region_equals_a_flood():
    mask = np.random.default_rng(3).random((14, 17)) < 0.55
    rest = {tuple(place) for place in np.argwhere(mask)}
    largest = set()
    while rest:
        part, border = set(), [rest.pop()]
        while border:
            row, column = border.pop()
            part.add((row, column))
            for near in (
                (row + 1, column),
                (row - 1, column),
                (row, column + 1),
                (row, column - 1),
            ):
                if near in rest:
                    rest.remove(near)
                    border.append(near)
        largest = max(largest, part, key=len)

    found = {tuple(place) for place in np.argwhere(largest_region(mask))}
    assert found == largest


def test_a_crop_shows_the_region_untouched_and_lines_around_it():
    image = np.full((300, 400, 3), 100, np.uint8)
    region = np.zeros((300, 400), bool)
    region[140:160, 200:210] = True

    crop = outlined_crop(image, region)

    # Rows 102 to 197 and columns 157 to 252: the middles are 150 and 205.
    assert crop.shape == (96, 96, 3)
    rows, columns = slice(140 - 102, 160 - 102), slice(200 - 157, 210 - 157)
    assert (crop[rows, columns] == 100).all()
    assert (crop[37, columns] == 255).all()
    assert (crop[36, columns] == 0).all()
    assert (crop[:36] == 100).all()
    assert (image == 100).all()


@pytest.mark.parametrize(
    ("rows", "columns", "shape"),
    [
        (slice(0, 100), slice(0, 2), (200, 200, 3)),
        (slice(290, 300), slice(390, 400), (96, 96, 3)),
        (slice(0, 300), slice(5, 6), (300, 400, 3)),
    ],
)
def test_a_crop_is_a_square_as_far_as_the_photo_goes(rows, columns, shape):
    rng = np.random.default_rng(0)
    image = rng.integers(1, 255, (300, 400, 3), np.uint8)
    region = np.zeros((300, 400), bool)
    region[rows, columns] = True

    crop = outlined_crop(image, region)

    assert crop.shape == shape
    # All of the region is in it.
    inside = {tuple(pixel) for pixel in image[region].tolist()}
    assert inside <= {tuple(p) for p in crop.reshape(-1, 3).tolist()}


def test_a_photo_smaller_than_a_crop():
    image = np.full((5, 7, 3), 9, np.uint8)
    region = np.ones((5, 7), bool)
    np.testing.assert_array_equal(outlined_crop(image, region), image)
