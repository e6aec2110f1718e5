"""How large the receptive field of each instance is."""

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from docs.build.illustrations.drawing import COLORS, INK, TEXT_SIZE
from keras_rcnn.models.presets import get_preset

# Row and column of a pixel of `china.jpg`, 320 pixels wide, on a roof.
PIXEL = (112, 148)


def draw_receptive_fields(
    photo: np.ndarray, pixel: tuple[int, int] = PIXEL, preset: str = "rcnn2"
) -> Figure:
    """The receptive fields of all instances on a photo, and each one below.

    Args:
        photo: uint8 `(height, width, 3)`.
        pixel: row and column of the pixel in their middle.
        preset: name of the network's preset.
    """
    entry = get_preset(preset)
    sides = [
        entry.geometry.receptive_field(instance + 1)
        for instance in range(entry.num_instances)
    ]
    figure = Figure((6.4, 6.9), layout="constrained")
    grid = figure.add_gridspec(2, len(sides), height_ratios=(4.2, 2.7))
    _draw_photo(figure.add_subplot(grid[0, :]), photo, pixel, sides)
    for index, (side, color) in enumerate(zip(sides, COLORS, strict=False)):
        axes = figure.add_subplot(grid[1, index])
        axes.imshow(_patch(photo, pixel, side))
        axes.plot(*[side // 2] * 2, "+", color="white", ms=16, mew=4)
        axes.plot(*[side // 2] * 2, "+", color=INK, ms=15, mew=2)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(color=color, linewidth=4)
        axes.set_xlabel(
            f"instance {index + 1}\nsees {side}x{side} pixels", size=TEXT_SIZE
        )
    return figure


def _draw_photo(
    axes: Axes, photo: np.ndarray, pixel: tuple[int, int], sides: list[int]
) -> None:
    row, column = pixel
    axes.imshow(photo)
    axes.axis("off")
    outline = [patheffects.withStroke(linewidth=5, foreground="white")]
    for side, color in zip(sides, COLORS, strict=False):
        corner = column - side / 2, row - side / 2
        axes.add_patch(
            Rectangle(
                corner,
                side,
                side,
                fill=False,
                ec=color,
                lw=2.5,
                path_effects=outline,
            )
        )
        axes.text(
            corner[0] + side + 3,
            corner[1] + 1,
            str(side),
            size=TEXT_SIZE + 2,
            weight="bold",
            color=color,
            va="top",
            path_effects=outline,
        )


def _patch(photo: np.ndarray, pixel: tuple[int, int], side: int) -> np.ndarray:
    """The square around a pixel; all of it has to lie inside the photo."""
    top, left = (middle - side // 2 for middle in pixel)
    return photo[top : top + side, left : left + side]
