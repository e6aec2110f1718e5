"""The libraries of the extra `maps`, which contain GDAL."""

import contextlib
import functools
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from keras_rcnn.errors import import_extra

# Megabytes of decoded blocks, enough for a row of large blocks.
_CACHE_MB = 256


@contextlib.contextmanager
def quiet_gdal() -> Iterator[Any]:
    """The module `rasterio`, with errors raised and not printed.

    Raises:
        InputError: if it is not installed.
    """
    rasterio = import_extra("rasterio", "Reading and writing maps", "maps")
    # By default the cache takes 5 % of the memory of the machine.
    with rasterio.Env(GDAL_CACHEMAX=_CACHE_MB):
        yield rasterio


def open_raster(*arguments: Any, **options: Any) -> Any:
    """`rasterio.open`, which does not warn about maps without a place."""
    import rasterio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        return rasterio.open(*arguments, **options)


@functools.cache
def import_fiona() -> tuple[Any, bool]:
    """The module `fiona`, and whether its GeoPackages have a spatial index.

    Call it before TensorFlow is imported: where libraries share the names of
    functions, the SQLite in TensorFlow, which makes no spatial index, takes
    the place of fiona's.

    Raises:
        InputError: if it is not installed.
    """
    has_index = "tensorflow" not in sys.modules
    fiona = import_extra("fiona", "Writing polygons of maps", "maps")
    return fiona, has_index


def on_earth(transform: Any, columns: Any, rows: Any) -> tuple[Any, Any]:
    """Coordinates of corners of pixels.

    Args:
        transform: an affine transform of rasterio.
        columns: from the left; numbers or arrays.
        rows: from the top, in the same way.
    """
    a, b, c, d, e, f = transform[:6]
    return a * columns + b * rows + c, d * columns + e * rows + f
