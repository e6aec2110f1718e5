"""How the labels of shifted photos are stitched to all labels."""

import numpy as np
from matplotlib.figure import Figure

from docs.build.illustrations.drawing import (
    COLORS,
    clear,
    draw_arrow,
    draw_cells,
    tint,
    title,
)

SIDE, STRIDE, GAP = 6, 2, 1.0


def draw_shift_and_stitch() -> Figure:
    """A photo of 6x6 pixels, its four shifts and the stitched labels."""
    pixels = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    figure = Figure((6.4, 3.4), layout="constrained")
    axes = figure.subplots()
    small = SIDE // STRIDE
    middle = SIDE + 2.4
    right = middle + 2 * small + GAP + 2.4
    width, top = right + SIDE, 2.6
    block = 2 * small + 2.0
    center = top + block / 2
    clear(axes, width, top + block + 0.2)

    edge = center - SIDE / 2
    draw_cells(axes, 0, edge, pixels, _color)
    title(axes, SIDE / 2, edge - 0.3, "photo")
    for down, across in np.ndindex(STRIDE, STRIDE):
        left = middle + across * (small + GAP)
        upper = top + 0.9 + down * (small + GAP + 0.2)
        plane = pixels[down::STRIDE, across::STRIDE]
        draw_cells(axes, left, upper, plane, _color)
        title(
            axes,
            left + small / 2,
            upper - 0.15,
            f"shift {down}, {across}",
            bold=False,
        )
    title(
        axes, middle + small + GAP / 2, top - 0.3, "coarse labels\nof 4 shifts"
    )
    draw_cells(axes, right, edge, pixels, _color)
    title(axes, right + SIDE / 2, edge - 0.3, "stitched")
    for start, end in ((SIDE, middle), (right - 2.4, right)):
        draw_arrow(axes, (start + 0.4, center), (end - 0.4, center))
    return figure


def _color(number: int) -> tuple[float, ...]:
    """One color for each shift."""
    row, column = divmod(number, SIDE)
    return tint(COLORS[STRIDE * (row % STRIDE) + column % STRIDE], 0.55)
