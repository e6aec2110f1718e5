"""How each pooling splits score maps into fragments without loss."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from docs.build.illustrations.drawing import (
    COLORS,
    clear,
    draw_arrow,
    draw_cells,
    tint,
    title,
)

SIDE, STRIDE = 8, 2
GAP, SPACE = 0.5, 2.4


def draw_fragments() -> Figure:
    """A plane of 8x8 pixels, its 4 fragments, and their 16 fragments."""
    plane = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    figure = Figure((6.4, 3.4), layout="constrained")
    axes = figure.subplots()
    center = 3.2 + _width(SIDE, 2) / 2
    left = 0.0
    for poolings, text in enumerate(
        ("one plane", "pooled:\n4 parts", "pooled again:\n16 parts")
    ):
        width = _width(SIDE, poolings)
        top = center - width / 2
        _draw_parts(axes, plane, left, top, poolings)
        title(axes, left + width / 2, top - 0.4, text)
        if poolings:
            start = left - SPACE
            draw_arrow(axes, (start + 0.4, center), (left - 0.4, center))
        left += width + SPACE
    clear(axes, left - SPACE + GAP, center + width / 2 + 0.8)
    return figure


def _draw_parts(
    axes: Axes, plane: np.ndarray, left: float, top: float, poolings: int
) -> None:
    """Draws a plane that is split into four by each pooling."""
    if not poolings:
        draw_cells(axes, left, top, plane, _color, text_size=7)
        return
    step = GAP + _width(len(plane) // STRIDE, poolings - 1)
    for down, across in np.ndindex(STRIDE, STRIDE):
        _draw_parts(
            axes,
            plane[down::STRIDE, across::STRIDE],
            left + across * step,
            top + down * step,
            poolings - 1,
        )


def _width(side: int, poolings: int) -> float:
    """Width of a plane with the gaps between its parts."""
    return side + GAP * (STRIDE**poolings - 1)


def _color(number: int) -> tuple[float, ...]:
    """A hue for the part of the first pooling, a shade for the second."""
    row, column = divmod(number, SIDE)
    hue = COLORS[STRIDE * (row % STRIDE) + column % STRIDE]
    shade = STRIDE * (row // STRIDE % STRIDE) + column // STRIDE % STRIDE
    return tint(hue, (0.3, 0.5, 0.68, 0.86)[shade])
