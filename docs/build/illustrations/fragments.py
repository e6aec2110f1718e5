"""How each pooling splits score maps into fragments without loss."""

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

SIDE, STRIDE = 8, 2
GAP = 0.5


def draw_fragments() -> Figure:
    """A plane of 8x8 pixels, its 4 fragments, and their 16 fragments."""
    plane = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    figure = Figure((6.4, 3.4), layout="constrained")
    axes = figure.subplots()
    halves = [split(plane)]
    quarters = [[split(part) for part in row] for row in halves[0]]
    wide = SIDE + 2 * GAP
    lefts = (0, SIDE + 2.4, SIDE + 2.4 + wide + 2.4)
    center = 3.2 + wide / 2
    clear(axes, lefts[2] + wide + 2 * GAP, center + wide / 2 + 0.8)

    draw_cells(axes, 0, center - SIDE / 2, plane, _color, text_size=7)
    title(axes, SIDE / 2, center - SIDE / 2 - 0.4, "one plane")
    for (down, across), left, upper in _places(
        lefts[1], center, SIDE // 2, GAP
    ):
        draw_cells(
            axes, left, upper, halves[0][down][across], _color, text_size=7
        )
    half_top = center - SIDE / 2 - GAP / 2
    title(
        axes, lefts[1] + SIDE / 2 + GAP / 2, half_top - 0.4, "pooled:\n4 parts"
    )
    for (down, across), left, upper in _places(
        lefts[2], center, SIDE // 2 + GAP, GAP
    ):
        for (below, beside), x, y in _places(
            left, upper + (SIDE // 2 + GAP) / 2, SIDE // 4, GAP
        ):
            part = quarters[down][across][below][beside]
            draw_cells(axes, x, y, part, _color, text_size=7)
    title(
        axes,
        lefts[2] + wide / 2 + GAP / 2,
        center - wide / 2 - GAP - 0.2,
        "pooled again:\n16 parts",
    )
    draw_arrow(axes, (SIDE + 0.4, center), (lefts[1] - 0.4, center))
    draw_arrow(
        axes,
        (lefts[1] + SIDE + GAP + 0.4, center),
        (lefts[2] - 0.4, center),
    )
    return figure


def split(plane: np.ndarray) -> list[list[np.ndarray]]:
    """Four planes, each with every second row and column."""
    return [
        [plane[down::STRIDE, across::STRIDE] for across in range(STRIDE)]
        for down in range(STRIDE)
    ]


def _places(
    left: float, center: float, side: float, gap: float
) -> list[tuple[tuple[int, int], float, float]]:
    """Index, left and top of four planes; `center` is y of their middle."""
    top = center - side - gap / 2
    return [
        (
            (down, across),
            left + across * (side + gap),
            top + down * (side + gap),
        )
        for down, across in np.ndindex(STRIDE, STRIDE)
    ]


def _color(number: int) -> tuple[float, ...]:
    """A hue for the part of the first pooling, a shade for the second."""
    row, column = divmod(number, SIDE)
    hue = COLORS[STRIDE * (row % STRIDE) + column % STRIDE]
    shade = STRIDE * (row // STRIDE % STRIDE) + column // STRIDE % STRIDE
    return tint(hue, (0.3, 0.5, 0.68, 0.86)[shade])
