"""GeoTIFF files for tests, and what GDAL finds beside them."""

import ctypes
import pathlib

import numpy as np

from keras_rcnn.io.gdal import open_raster

# Rotated, with pixels of 0.5 x 0.4 units.
ROTATED = (0.5, 0.1, 500_000.0, 0.08, -0.4, 5_000_000.0)


def write_geotiff(path: pathlib.Path, pixels: np.ndarray, **profile):
    """Writes bands, `(bands, height, width)`, in UTM zone 32 unless told."""
    import rasterio

    count, height, width = pixels.shape
    profile = {
        "driver": "GTiff",
        "count": count,
        "height": height,
        "width": width,
        "dtype": pixels.dtype,
        "crs": "EPSG:32632",
        "transform": rasterio.Affine(*ROTATED),
        **profile,
    }
    profile = {
        name: value for name, value in profile.items() if value is not None
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    alpha = profile.pop("alpha", None)
    with open_raster(path, "w", **profile) as file:
        file.write(pixels)
        if alpha:
            file.colorinterp = [
                rasterio.enums.ColorInterp[name] for name in alpha
            ]
    return path


def gdal_legend(path: pathlib.Path):
    """Category names and attribute table of band 1, as GDAL's C API reads them.

    Returns:
        The names, and the table as rows of texts.
    """
    import rasterio

    folder = pathlib.Path(rasterio.__file__).parents[1] / "rasterio.libs"
    gdal = ctypes.CDLL(str(next(folder.glob("libgdal*"))))
    for name, kind in (
        ("GDALOpen", ctypes.c_void_p),
        ("GDALGetRasterBand", ctypes.c_void_p),
        ("GDALGetRasterCategoryNames", ctypes.POINTER(ctypes.c_char_p)),
        ("GDALGetDefaultRAT", ctypes.c_void_p),
        ("GDALRATGetValueAsString", ctypes.c_char_p),
    ):
        getattr(gdal, name).restype = kind
    gdal.GDALAllRegister()
    dataset = ctypes.c_void_p(gdal.GDALOpen(str(path).encode(), 0))
    band = ctypes.c_void_p(gdal.GDALGetRasterBand(dataset, 1))
    # GDAL reads the names only after something else of the same file.
    table = ctypes.c_void_p(gdal.GDALGetDefaultRAT(band))
    names = []
    for name in gdal.GDALGetRasterCategoryNames(band):
        if name is None:
            break
        names.append(name.decode())
    size = range(gdal.GDALRATGetRowCount(table))
    columns = range(gdal.GDALRATGetColumnCount(table))
    rows = [
        [gdal.GDALRATGetValueAsString(table, r, c).decode() for c in columns]
        for r in size
    ]
    # GFU_MinMax, GFU_PixelCount, GFU_Name, GFU_Red, GFU_Green, GFU_Blue.
    usages = [gdal.GDALRATGetColOfUsage(table, u) for u in (5, 1, 2, 6, 7, 8)]
    gdal.GDALClose(dataset)
    assert usages == list(columns)
    return names, rows
