"""GeoTIFF files, read in windows as the photos that networks see."""

import contextlib
import functools
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.gdal import open_raster, quiet_gdal

MAP_SUFFIXES = frozenset((".tif", ".tiff"))
ROWS_A_STRIP = 64
# In pixels, so that a strip fits in memory.
_MAX_SIDE = 2**18
# Pixels that percentiles are estimated from.
_SAMPLE = 1_000_000


class MapRaster:
    """A GeoTIFF file as a picture of three bands of 8 bits.

    Windows are read when they are asked for. Pixels without data have the mean
    color of the other pixels.

    Args:
        path: of the file.
        bands: numbers of the red, green and blue band, from 1. By default the
            bands that the file marks as red, green and blue, or all of three.
        value_range: values that become 0 and 255; between them, values are
            scaled linearly. Bands of 8 bits are taken as they are if it is
            empty.

    Raises:
        InputError: if the file is no GeoTIFF or its bands cannot be shown; from
            every method, if the file is broken.
    """

    def __init__(
        self,
        path: str | pathlib.Path,
        bands: Sequence[int] = (),
        value_range: Sequence[float] = (),
    ) -> None:
        check_bands(bands, value_range)
        self.path = path
        self._files = contextlib.ExitStack()
        with self._files:
            rasterio = self._files.enter_context(quiet_gdal())
            self._errors = rasterio.errors.RasterioError
            self.source = self._files.enter_context(self._open())
            self.bands = self._choose_bands(bands, rasterio.enums.ColorInterp)
            self._range = self._choose_range(value_range)
            self.shape = (self.source.height, self.source.width, 3)
            self.has_gaps = self._may_have_gaps(rasterio.enums.MaskFlags)
            """Whether there may be pixels without data."""
            # Without an error the file stays open.
            self._files = self._files.pop_all()

    def __enter__(self) -> "MapRaster":
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._files.close()

    @property
    def has_place(self) -> bool:
        """Whether the file says where on earth the pixels lie."""
        return bool(self.source.crs or self.source.gcps[1])

    @property
    def pixel_side(self) -> float:
        """Side of a square of the area of a pixel, in units of the CRS."""
        return float(abs(self.source.transform.determinant) ** 0.5)

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        """A window, uint8 `(rows, columns, 3)`."""
        pixels, known = self._window(*place)
        if known is not None and not known.all():
            pixels[~known] = self._mean_color
        return pixels

    def known(self, top: int, bottom: int) -> np.ndarray | None:
        """Which pixels of some rows have data, bool `(rows, width)`.

        It is None if all have.
        """
        return self._window(slice(top, bottom), slice(0, self.shape[1]))[1]

    def _open(self) -> Any:
        try:
            source = open_raster(self.path, driver="GTiff")
        except self._errors as error:
            raise InputError(
                f"{self.path} is no GeoTIFF file that can be read: give a TIFF "
                "file, or convert it by gdal_translate."
            ) from error
        if max(source.shape) > _MAX_SIDE:
            source.close()
            raise InputError(
                f"{self.path} has more than {_MAX_SIDE} pixels along a side: "
                "cut it into parts."
            )
        return source

    def _choose_bands(
        self, bands: Sequence[int], interpretation: Any
    ) -> list[int]:
        source = self.source
        meanings = list(source.colorinterp)
        colors = [getattr(interpretation, c) for c in ("red", "green", "blue")]
        data = [m for m in meanings if m != interpretation.alpha]
        if data == [interpretation.palette]:
            raise InputError(
                f"{self.path} holds numbers of a color table: convert it to "
                "colors by gdal_translate -expand rgb."
            )
        if bands:
            chosen = list(bands)
        elif all(color in meanings for color in colors):
            chosen = [meanings.index(color) + 1 for color in colors]
        elif len(data) == 3:
            chosen = [n for n, m in enumerate(meanings, 1) if m in data]
        else:
            bands_there = "1 band" if len(data) == 1 else f"{len(data)} bands"
            raise InputError(
                f"{self.path} has {bands_there}, not marked as red, "
                "green and blue, and networks see three: choose them by "
                f"bands={'3,2,1' if len(data) > 2 else '1,1,1'}."
            )
        for band in chosen:
            if not 1 <= band <= source.count:
                raise InputError(
                    f"{self.path} has no band {band}, only 1 to "
                    f"{source.count}: correct bands=."
                )
        return chosen

    def _choose_range(
        self, given: Sequence[float]
    ) -> tuple[float, float] | None:
        kinds = {np.dtype(self.source.dtypes[n - 1]) for n in self.bands}
        kind = next((k for k in kinds if k != np.uint8), np.dtype(np.uint8))
        if kind.kind == "c":
            raise InputError(
                f"{self.path} holds complex numbers: compute their magnitude "
                "first."
            )
        if given:
            return given[0], given[1]
        if kind == np.uint8:
            return None
        low, high = self._percentiles()
        raise InputError(
            f"{self.path} holds {kind} values, whose black and white are "
            "unknown: give them by value_range=, as in value_range="
            f"{low:g},{high:g}, its percentiles 2 and 98."
        )

    def _percentiles(self) -> tuple[float, float]:
        """Percentiles 2 and 98 of some pixels of the chosen bands."""
        height, width = self.source.shape
        factor = max(1.0, (height * width / _SAMPLE) ** 0.5)
        size = (max(1, int(height / factor)), max(1, int(width / factor)))
        shape = (3, *size)
        with self._reading():
            values = self.source.read(self.bands, out_shape=shape)
            known = self.source.read_masks(self.bands, out_shape=shape)
        values = values[(known > 0) & np.isfinite(values)]
        if not values.size:
            return 0, 1
        low, high = np.percentile(values, (2, 98))
        return float(low), float(high)

    def _may_have_gaps(self, flags: Any) -> bool:
        return any(
            flags.all_valid not in self.source.mask_flag_enums[n - 1]
            or np.dtype(self.source.dtypes[n - 1]).kind == "f"
            for n in self.bands
        )

    @functools.cached_property
    def _mean_color(self) -> np.ndarray:
        """Mean of the pixels with data, uint8 `(3,)`."""
        total, count = np.zeros(3), 0
        height, width, _ = self.shape
        for top in range(0, height, ROWS_A_STRIP):
            rows = slice(top, min(top + ROWS_A_STRIP, height))
            pixels, known = self._window(rows, slice(0, width))
            chosen = pixels if known is None else pixels[known]
            total += chosen.reshape(-1, 3).sum(axis=0, dtype=np.int64)
            count += chosen.size // 3
        if not count:
            raise InputError(
                f"{self.path} has no pixel with data: leave it out."
            )
        return np.rint(total / count).astype(np.uint8)

    def _window(
        self, rows: slice, columns: slice
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Pixels, uint8 `(rows, columns, 3)`, and which of them have data."""
        window = ((rows.start, rows.stop), (columns.start, columns.stop))
        known = None
        with self._reading():
            values = self.source.read(self.bands, window=window)
            if self.has_gaps:
                masks = self.source.read_masks(self.bands, window=window)
                known = (masks > 0).any(axis=0)
        if known is not None and values.dtype.kind == "f":
            known &= np.isfinite(values).all(axis=0)
        if self._range:
            low, high = self._range
            levels = (values.astype(np.float64) - low) * (255 / (high - low))
            with np.errstate(invalid="ignore"):
                levels = np.rint(np.clip(levels, 0, 255))
            values = np.nan_to_num(levels).astype(np.uint8)
        return np.ascontiguousarray(values.transpose(1, 2, 0)), known

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            reason = " ".join(str(error.__cause__ or error).split())
            raise InputError(
                f"{self.path} is broken ({reason}): copy or save it again."
            ) from error


def check_bands(bands: Sequence[int], value_range: Sequence[float]) -> None:
    """Refuses a choice of bands or of a range that no file can have.

    Args:
        bands: three numbers from 1, or none.
        value_range: two values, the lower one first, or none.

    Raises:
        InputError: naming the choice.
    """
    if bands and (len(bands) != 3 or min(bands) < 1):
        raise InputError(
            f"bands={','.join(map(str, bands))}: networks see three bands, so "
            "give three numbers from 1, such as 3,2,1."
        )
    if value_range and not (
        len(value_range) == 2 and value_range[0] < value_range[1]
    ):
        given = ",".join(f"{value:g}" for value in value_range)
        raise InputError(
            f"value_range={given}: give two values, the lower one first, such "
            "as 0,3000."
        )
