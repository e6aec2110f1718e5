"""Scenes that look like aerial pictures, drawn as maps with known labels.

Used by `draw_maps.py` and by the tests of docs/maps.md. The bands are blue,
green, red and near infrared, with values of up to about 3000.
"""

import pathlib

import numpy as np
from scipy import ndimage

from keras_rcnn.io.classes_file import classes_text
from keras_rcnn.io.gdal import on_earth, open_raster

CLASSES = {
    "water": (70, 130, 200),
    "field": (225, 200, 110),
    "meadow": (150, 205, 90),
    "forest": (30, 110, 50),
    "road": (90, 90, 100),
    "house": (200, 70, 60),
}
# Blue, green, red and near infrared of each class, and their noise.
_BANDS = (
    (900, 800, 500, 300),
    (700, 1000, 1300, 1900),
    (500, 1000, 700, 2600),
    (300, 550, 400, 2200),
    (1100, 1100, 1100, 1200),
    (1000, 1000, 1700, 1500),
)
_NOISE = (30, 120, 90, 160, 60, 200)
PIXEL = 0.5
_CORNER = (500_000.0, 5_200_000.0)


def draw_labels(height: int, width: int, seed: int) -> np.ndarray:
    """Numbers of classes, uint8 `(height, width)`."""
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[:height, :width]
    angle = rng.uniform(-0.5, 0.5)
    across = column * np.cos(angle) + row * np.sin(angle)
    along = row * np.cos(angle) - column * np.sin(angle)
    side = 70
    kinds = rng.integers(1, 3, (64, 64)).astype(np.uint8)
    labels = kinds[
        (along // side).astype(int) % 64,
        (across // (1.6 * side)).astype(int) % 64,
    ]
    hills = ndimage.gaussian_filter(rng.normal(size=(height, width)), 28)
    labels[hills > hills.std() * 0.7] = 3
    for line in (along % (4 * side), across % (5 * side)):
        labels[line < 6] = 4
    for _ in range(height * width // 6000):
        top, left = rng.integers(0, (height, width))
        rows, columns = rng.integers(9, 20, 2)
        place = labels[top : top + rows, left : left + columns]
        near = labels[
            max(0, top - 14) : top + 34, max(0, left - 14) : left + 34
        ]
        if (near == 4).any() and not (place == 4).any():
            place[:] = 5
    bend = 40 * np.sin(row / 60 + seed) + width * rng.uniform(0.2, 0.8)
    labels[np.abs(column - bend) < rng.uniform(10, 20)] = 0
    return labels


def draw_bands(labels: np.ndarray, seed: int) -> np.ndarray:
    """Four bands, uint16 `(4, height, width)`, of a label map."""
    rng = np.random.default_rng(seed)
    bands = np.array(_BANDS, float)[labels].transpose(2, 0, 1)
    fine = rng.normal(size=labels.shape)
    coarse = 3 * ndimage.gaussian_filter(rng.normal(size=labels.shape), 2)
    furrows = np.sin(np.arange(labels.shape[1]) / 1.3) * (labels == 1)
    light = np.array(_NOISE)[labels] * (fine + 2 * coarse) + 90 * furrows
    return np.clip(bands + light, 1, 4000).astype(np.uint16)


def write_map(
    path: pathlib.Path, pixels: np.ndarray, corner: tuple[int, int] = (0, 0)
) -> None:
    """Writes bands or labels, `(bands, height, width)`, as GeoTIFF."""
    from rasterio import Affine

    count, height, width = pixels.shape
    transform = Affine(PIXEL, 0, _CORNER[0], 0, -PIXEL, _CORNER[1])
    x, y = on_earth(transform, corner[1], corner[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_raster(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=count,
        dtype=pixels.dtype,
        crs="EPSG:32632",
        transform=Affine(PIXEL, 0, x, 0, -PIXEL, y),
        compress="deflate",
    ) as file:
        file.write(pixels)


def write_tiles(
    folder: pathlib.Path, count: int, side: int = 192, seed: int = 0
) -> None:
    """Writes a folder of tiles with masks, for `--dataset=folder`."""
    for index in range(count):
        labels = draw_labels(side, side, seed + index)
        bands = draw_bands(labels, seed + index)
        name = f"tile_{index:03}.tif"
        write_map(folder / "images" / name, bands)
        write_map(folder / "masks" / name, labels[np.newaxis])
    text = classes_text(list(CLASSES), list(CLASSES.values()))
    (folder / "classes.txt").write_text(text)
