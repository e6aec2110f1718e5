"""Labels of a map as a GeoTIFF file."""

import contextlib
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.files import part_in_folder
from keras_rcnn.io.gdal import open_raster, quiet_gdal
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.map_raster import MapRaster
from keras_rcnn.io.png_stream import Append
from keras_rcnn.maps.row_blocks import RowBlocks

BLOCK = 512


@contextlib.contextmanager
def open_label_raster(
    path: pathlib.Path,
    map_raster: MapRaster,
    palette: Sequence[Sequence[int]] | None = None,
) -> Iterator[Append]:
    """A GeoTIFF of the place and size of a map, to write band by band.

    It has blocks of 512x512 pixels, compressed by DEFLATE, and overviews of a
    half, a quarter and so on. Its value for no data is 255. It appears when it
    is complete.

    Args:
        path: file to write or replace, at the end of the block.
        map_raster: the map.
        palette: red, green and blue of each value; None for gray levels.

    Yields:
        Function that takes the next rows, uint8 `(rows, width)`.

    Raises:
        InputError: if the file cannot be written.
    """
    with quiet_gdal() as rasterio, part_in_folder(path) as part:
        try:
            yield from _written(rasterio, part, map_raster.source, palette)
        except rasterio.errors.RasterioError as error:
            reason = " ".join(str(error.__cause__ or error).split())
            raise InputError(
                f"{path} cannot be written ({reason}): free some space, or "
                "choose another place."
            ) from error


def _written(
    rasterio: Any,
    part: pathlib.Path,
    source: Any,
    palette: Sequence[Sequence[int]] | None,
) -> Iterator[Append]:
    height, width = source.shape
    top = 0
    with open_raster(part, "w", **_profile(source)) as raster:
        _copy_place(source, raster)
        if palette is not None:
            colors = {n: (*map(int, rgb), 255) for n, rgb in enumerate(palette)}
            colors[IGNORE_LABEL] = (0, 0, 0, 0)
            raster.write_colormap(1, colors)

        def write(rows: np.ndarray) -> None:
            nonlocal top
            window = ((top, top + len(rows)), (0, width))
            raster.write(rows, 1, window=window)
            top += len(rows)

        blocks = RowBlocks(BLOCK, write)
        yield blocks.append
        blocks.finish()
        if top != height:
            raise ValueError(f"{height} rows, of which {top} were given.")
    with open_raster(part, "r+") as raster:
        factors = [
            2**n for n in range(1, 20) if max(height, width) >> n >= BLOCK // 2
        ]
        if factors:
            raster.build_overviews(factors, rasterio.enums.Resampling.nearest)


def _profile(source: Any) -> dict[str, Any]:
    height, width = source.shape
    return {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": 1,
        "dtype": "uint8",
        "nodata": IGNORE_LABEL,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "deflate",
        "bigtiff": "if_safer",
    }


def _copy_place(source: Any, raster: Any) -> None:
    """Copies what says where on earth the pixels lie."""
    if source.crs:
        raster.crs = source.crs
    if not source.transform.is_identity:
        raster.transform = source.transform
    points, system = source.gcps
    if points:
        raster.gcps = points, system
    # Whether coordinates of pixels are those of their corners or centers.
    if kind := source.tags().get("AREA_OR_POINT"):
        raster.update_tags(AREA_OR_POINT=kind)
