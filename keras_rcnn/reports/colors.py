"""Labels as colors, alone or over the photo, and maps of their errors."""

from collections.abc import Sequence

import numpy as np

from keras_rcnn.io.labels import IGNORE_LABEL, UNKNOWN_COLOR

Palette = Sequence[Sequence[int]]

RIGHT_COLOR = (225, 225, 225)
WRONG_COLOR = (205, 30, 45)
# Black, purple, red, orange, yellow: lighter and lighter.
_HEAT = (0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)
_ROWS_A_STRIP = 64
_VALUES_A_COUNT = 2**20


def label_colors(labels: np.ndarray, palette: Palette) -> np.ndarray:
    """Labels in the colors of their classes.

    Args:
        labels: uint8 `(height, width)`; a label without a class, such as the
            255 of unknown pixels, becomes `UNKNOWN_COLOR`.
        palette: red, green and blue of each class, 0 to 255.

    Returns:
        uint8 `(height, width, 3)`.

    >>> label_colors(np.array([[1, 255]], np.uint8), [(0, 0, 9), (7, 8, 9)])
    array([[[7, 8, 9],
            [0, 0, 0]]], dtype=uint8)
    """
    colors = np.tile(np.array(UNKNOWN_COLOR, np.uint8), (256, 1))
    colors[: len(palette)] = palette
    return colors[labels]


def overlay(
    image: np.ndarray,
    labels: np.ndarray,
    palette: Palette,
    opacity: float = 0.5,
) -> np.ndarray:
    """Tints a photo with the colors of its labels; unknown pixels stay.

    Args:
        image: uint8 `(height, width, 3)`.
        labels: uint8 `(height, width)`.
        palette: red, green and blue of each class, 0 to 255.
        opacity: weight of the color in the mixture, 0 to 1.

    Returns:
        uint8 `(height, width, 3)`.
    """
    tinted = np.empty_like(image)
    # Floating-point values take many times the memory of the photo.
    for top in range(0, len(image), _ROWS_A_STRIP):
        strip = slice(top, top + _ROWS_A_STRIP)
        colors = label_colors(labels[strip], palette)
        weight = np.where(labels[strip] < len(palette), opacity, 0)
        weight = weight[..., np.newaxis]
        tinted[strip] = np.rint(weight * colors + (1 - weight) * image[strip])
    return tinted


def error_map(truth: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Draws right pixels in gray, wrong ones in red, unknown ones in black.

    Args:
        truth: uint8 `(height, width)`, 255 where unknown.
        labels: uint8 `(height, width)`.

    Returns:
        uint8 `(height, width, 3)`.
    """
    outcome = np.where(truth == labels, 0, 1).astype(np.uint8)
    outcome[truth == IGNORE_LABEL] = IGNORE_LABEL
    return label_colors(outcome, [RIGHT_COLOR, WRONG_COLOR])


def heat_map(values: np.ndarray) -> np.ndarray:
    """Draws values from 0, dark, to 1, light; also for color-blind readers.

    Args:
        values: float `(height, width)`.

    Returns:
        uint8 `(height, width, 3)`.
    """
    places = np.linspace(0, 1, len(_HEAT))
    channels = [
        np.interp(values, places, channel) for channel in np.transpose(_HEAT)
    ]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def label_shares(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """The share of each class in all pixels.

    Args:
        labels: uint8 of any shape, not empty.
        num_classes: number of classes.

    Returns:
        float64 `(num_classes,)`; the sum is 1 minus the share of unknown
        pixels.

    >>> label_shares(np.array([[0, 0], [2, 255]], np.uint8), 3).tolist()
    [0.5, 0.0, 0.25]
    """
    values = np.ravel(labels)
    counts = np.zeros(256, np.int64)
    # NumPy counts a copy that takes eight times the memory of the labels.
    for first in range(0, len(values), _VALUES_A_COUNT):
        part = values[first : first + _VALUES_A_COUNT]
        counts += np.bincount(part, minlength=256)
    return counts[:num_classes] / labels.size
