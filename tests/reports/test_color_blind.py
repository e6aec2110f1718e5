"""Colors for the color-blind, by another model of their eyes."""

import itertools

import numpy as np
import pytest

from keras_rcnn.reports import color_blind_safe

# Hexadecimal, as Okabe and Ito are cited everywhere.
OKABE_ITO = "E69F00 56B4E9 009E73 F0E442 0072B2 D55E00 CC79A7".split()
STANFORD_BACKGROUND = (
    (135, 206, 235),
    (20, 90, 40),
    (128, 110, 140),
    (124, 200, 60),
    (30, 90, 200),
    (178, 60, 50),
    (150, 120, 70),
    (250, 200, 40),
)
# Viénot, Brettel & Mollon 1999, rows of linear red, green and blue.
EYES = (
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
)
RGB_TO_XYZ = (
    (0.4124, 0.3576, 0.1805),
    (0.2126, 0.7152, 0.0722),
    (0.0193, 0.1192, 0.9505),
)


def lab(color, eyes):
    """CIELAB of a color as such eyes see it."""
    linear = [(part / 255) ** 2.2 for part in color]
    seen = np.clip(np.array(eyes) @ linear, 0, 1)
    x, y, z = (np.array(RGB_TO_XYZ) @ seen / (0.9505, 1, 1.089)) ** (1 / 3)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def least_difference(palette):
    """Of the two colors that some eyes tell apart worst."""
    return min(
        np.linalg.norm(np.subtract(lab(a, eyes), lab(b, eyes)))
        for eyes in EYES
        for a, b in itertools.combinations(palette, 2)
    )


def test_the_first_seven_are_okabe_and_itos():
    palette = color_blind_safe([(index, 0, 0) for index in range(7)])
    assert {bytes(color).hex().upper() for color in palette} == set(OKABE_ITO)


def test_each_class_keeps_about_its_color():
    """Sky blue, green trees, blue water, a yellowish object."""
    sky, tree, _, _, water, *_, thing = color_blind_safe(STANFORD_BACKGROUND)
    assert (sky, tree, water) == ((86, 180, 233), (0, 158, 115), (0, 114, 178))
    assert thing == (230, 159, 0)


def test_eyes_without_red_or_green_cones_tell_them_apart():
    safe = color_blind_safe(STANFORD_BACKGROUND)
    ours = least_difference(STANFORD_BACKGROUND)
    assert least_difference(safe) > 2 * ours


@pytest.mark.parametrize("count", [1, 2, 8, 33, 255])
def test_any_number_of_classes(count):
    palette = [(index, 255 - index, 90) for index in range(count)]
    safe = color_blind_safe(palette)
    assert len(set(safe)) == len(safe) == count
    assert all(0 <= part <= 255 for color in safe for part in color)
    # None is taken for unknown pixels, which are black.
    assert all(max(color) > 30 for color in safe)


def test_colors_of_33_classes_stay_apart():
    rng = np.random.default_rng(0)
    random = [tuple(color) for color in rng.integers(0, 256, (33, 3))]
    safe = color_blind_safe(random)
    assert least_difference(safe) > 2 * least_difference(random)
