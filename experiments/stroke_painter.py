"""Strokes as a person would paint them, from the truth about a photo."""

from collections.abc import Iterator

import numpy as np

from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.teaching.strokes import Stroke

# Of a stroke, as parts of the longer side of a photo.
_LENGTH, _SIZE = 0.5, 0.04
_TURNS = 10


def strokes(
    mask: np.ndarray,
    truth: np.ndarray,
    count: int,
    rng: np.random.Generator,
    guess: np.ndarray | None = None,
) -> Iterator[Stroke]:
    """Some strokes, each inside of one class.

    Args:
        mask: uint8 `(height, width)`, what is painted already.
        truth: uint8 `(height, width)`, the class of each pixel.
        count: number of strokes.
        rng: of the places.
        guess: labels of a network; strokes begin where they are wrong. None
            for strokes anywhere.
    """
    size = max(2, round(_SIZE * max(truth.shape)))
    steps = round(_LENGTH * max(truth.shape))
    # Each class in turn, the largest first, as somebody would go about it.
    wanted = (truth != IGNORE_LABEL) & (mask == IGNORE_LABEL)
    if guess is not None:
        wanted &= guess != truth
    inside = {
        label: _eroded(truth == label, size // 2)
        for label in np.unique(truth[wanted])
    }
    places = {
        label: np.argwhere(area & wanted)
        for label, area in inside.items()
        if (area & wanted).any()
    }
    order = sorted(places, key=lambda label: -len(places[label]))
    for number in range(count if order else 0):
        label = order[number % len(order)]
        start = rng.choice(places[label])
        points = _walk(start, inside[label], steps, rng)
        yield Stroke([(x, y) for y, x in points], size, int(label))


def _walk(
    place: np.ndarray, inside: np.ndarray, steps: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """A scribble that turns where it would leave the area."""
    angle = rng.uniform(0, 2 * np.pi)
    points = [place.astype(float)]
    for _ in range(steps):
        angle += rng.normal(0, 0.1)
        for _ in range(_TURNS):
            ahead = points[-1] + (np.sin(angle), np.cos(angle))
            cell = tuple(np.rint(ahead).astype(int))
            is_in_photo = np.all(
                (0 <= ahead) & (ahead <= np.array(inside.shape) - 1)
            )
            if is_in_photo and inside[cell]:
                break
            angle = rng.uniform(0, 2 * np.pi)
        else:
            break
        points.append(ahead)
    return points


def _eroded(area: np.ndarray, radius: int) -> np.ndarray:
    """The pixels whose square neighborhood is in the area."""
    for axis in (0, 1):
        whole = area
        for shift in range(1, radius + 1):
            whole = (
                whole & _moved(area, shift, axis) & _moved(area, -shift, axis)
            )
        area = whole
    return area


def _moved(area: np.ndarray, shift: int, axis: int) -> np.ndarray:
    # Beyond the photo there is nothing to hit.
    padding = [(0, 0), (0, 0)]
    padding[axis] = (max(shift, 0), max(-shift, 0))
    padded = np.pad(area, padding, constant_values=True)
    return (
        padded[: area.shape[0], : area.shape[1]]
        if shift > 0
        else (padded[-area.shape[0] :, -area.shape[1] :])
    )
