"""Strokes in a mask, against distances computed one by one."""

import numpy as np
import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.teaching.strokes import MAX_POINTS, Stroke, draw_stroke

EMPTY = np.full((40, 60), 255, np.uint8)
ROWS, COLUMNS = np.mgrid[:40, :60]


def distances(start, end):
    """Of each pixel from a line, in pixels."""
    start, end = np.array(start, float), np.array(end, float)
    along = end - start
    places = np.stack([COLUMNS, ROWS], -1) - start
    part = np.clip(places @ along / max(along @ along, 1e-9), 0, 1)
    return np.linalg.norm(places - part[..., None] * along, axis=-1)


@pytest.mark.parametrize(
    ("start", "end"), [((10, 8), (50, 30)), ((5, 20), (55, 20)), ((9, 9),) * 2]
)
def test_a_line_covers_the_pixels_within_half_its_width(start, end):
    drawn = draw_stroke(EMPTY, Stroke([start, end], 8, 1))
    distance = distances(start, end)
    assert (drawn[distance < 3] == 1).all()
    assert (drawn[distance > 5] == 255).all()
    assert set(np.unique(drawn)) == {1, 255}
    assert (EMPTY == 255).all()


def test_an_area_is_filled_and_the_eraser_removes():
    corners = [(10, 5), (50, 5), (50, 35), (10, 35)]
    drawn = draw_stroke(EMPTY, Stroke(corners, 3, 2, is_area=True))
    inside = (ROWS > 5) & (ROWS < 35) & (COLUMNS > 10) & (COLUMNS < 50)
    assert (drawn[inside] == 2).all()
    assert (drawn == 2).sum() <= 31 * 41
    erased = draw_stroke(drawn, Stroke([(30, 0), (30, 39)], 10))
    assert (erased[:, 27:33] == 255).all()
    assert (erased[inside & (abs(COLUMNS - 30) > 6)] == 2).all()


def test_what_lies_outside_is_left_out():
    far = [(-1e9, 20), (1e9, 20)]
    drawn = draw_stroke(EMPTY, Stroke(far, 1e9, 0))
    assert drawn.shape == EMPTY.shape
    assert (drawn[20] == 0).all()


@pytest.mark.parametrize("points", [[], [(0, 0)] * (MAX_POINTS + 1)])
def test_an_impossible_number_of_points_is_refused(points):
    with pytest.raises(InputError, match="cannot be drawn"):
        draw_stroke(EMPTY, Stroke(points, 1))
