"""Color-blind-safe colors, cells, arrows and titles."""

from collections.abc import Callable

import numpy as np
from matplotlib import colors
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

# Blue, orange, green and pink of Okabe and Ito.
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
INK = "#222222"
TEXT_SIZE = 11


def tint(color: str, fraction: float) -> tuple[float, ...]:
    """A color mixed with white; a fraction of 1 is the color itself."""
    mixed = fraction * np.array(colors.to_rgb(color)) + (1 - fraction)
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
    """Draws a grid of numbered squares.

    Args:
        axes: axes whose y grows downwards.
        left: x of the left border.
        top: y of the upper border.
        numbers: numbers in the squares, `(rows, columns)`.
        color: returns the color of the square with a number.
        cell: side of a square.
        text_size: size of the numbers in points.
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
    """Writes one or two centered lines whose bottom is at y."""
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
    """Sets the size of the axes, with y downwards, and hides them."""
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.axis("off")
