"""What the drawings share: colors for the color-blind, cells, arrows."""

from collections.abc import Callable

import numpy as np
from matplotlib import colors
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

# Blue, orange, green and pink of Okabe and Ito.
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
INK = "#222222"
TEXT_SIZE = 11


def tint(color: str, share: float) -> tuple[float, ...]:
    """A color mixed with white; a share of 1 leaves it as it is."""
    mixed = share * np.array(colors.to_rgb(color)) + (1 - share)
    return tuple(float(value) for value in mixed)


def draw_cells(
    axes: Axes,
    left: float,
    top: float,
    numbers: np.ndarray,
    color: Callable[[int], tuple[float, ...]],
    cell: float = 1.0,
    text_size: float = 8,
) -> None:
    """Draws a plane: a square for each number, in the color of the number.

    Args:
        axes: where; y counts downwards.
        left: of the plane.
        top: of the plane.
        numbers: what stands in the cells, `(rows, columns)`.
        color: function of a number.
        cell: side of a square.
        text_size: of the numbers, in points.
    """
    for (row, column), number in np.ndenumerate(numbers):
        corner = left + column * cell, top + row * cell
        axes.add_patch(
            Rectangle(corner, cell, cell, fc=color(number), ec="white", lw=0.8)
        )
        axes.text(
            corner[0] + cell / 2,
            corner[1] + cell / 2,
            str(number),
            size=text_size,
            color=INK,
            ha="center",
            va="center_baseline",
        )


def draw_arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Draws an arrow from one point to another."""
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=14,
            color=INK,
            lw=1.4,
            shrinkA=0,
            shrinkB=0,
        )
    )


def title(axes: Axes, x: float, y: float, text: str, bold: bool = True) -> None:
    """Writes a line or two, centered, their bottom at y."""
    axes.text(
        x,
        y,
        text,
        size=TEXT_SIZE if bold else TEXT_SIZE - 1.5,
        weight="bold" if bold else "normal",
        color=INK,
        ha="center",
        va="bottom",
        linespacing=1.25,
    )


def clear(axes: Axes, width: float, height: float) -> None:
    """Makes an empty sheet of a size, y downwards."""
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.axis("off")
