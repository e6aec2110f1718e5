"""Tiles of maps and their masks, in a folder of labeled photos."""

import math
import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from keras_rcnn.datasets.layout import LabeledPhoto
from keras_rcnn.datasets.mask_values import MaskValues
from keras_rcnn.datasets.masks import UnlistedValues, read_mask
from keras_rcnn.errors import InputError
from keras_rcnn.io.gdal import on_earth, open_raster, quiet_gdal
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.map_raster import MAP_SUFFIXES, MapRaster

# A mask whose corner lies farther from that of its map, in pixels, is of
# another place.
_MAX_SHIFT = 0.5


class MapTiles:
    """Reads maps and masks that fit in memory.

    Args:
        mask_values: the label of each value of a mask.
        bands: see `MapRaster`.
        value_range: see `MapRaster`.
    """

    def __init__(
        self,
        mask_values: MaskValues,
        bands: Sequence[int] = (),
        value_range: Sequence[float] = (),
    ) -> None:
        self._mask_values = mask_values
        self._choices = bands, value_range

    def read_map(self, path: pathlib.Path) -> np.ndarray:
        """A map, uint8 `(height, width, 3)`; its mean color without data."""
        with MapRaster(path, *self._choices) as raster:
            height, width, _ = raster.shape
            return raster[0:height, 0:width]

    def read_labels(self, photo: LabeledPhoto) -> np.ndarray:
        """Labels of a map, uint8 `(height, width)`.

        They are unknown where the mask or the map has no data.

        Raises:
            InputError: if a file cannot be used, or if map and mask are of
                different places.
        """
        with MapRaster(photo.image, *self._choices) as raster:
            if photo.mask.suffix.lower() in MAP_SUFFIXES:
                labels = self._read_mask(photo.mask, raster)
            else:
                labels = read_mask(photo.mask, self._mask_values)
            known = raster.known(0, raster.shape[0])
        if known is not None and known.shape == labels.shape:
            labels[~known] = IGNORE_LABEL
        return labels

    def _read_mask(self, path: pathlib.Path, raster: MapRaster) -> np.ndarray:
        with quiet_gdal() as rasterio:
            try:
                with open_raster(path, driver="GTiff") as mask:
                    _refuse_other_place(path, mask.transform, raster)
                    bands = mask.count
                    values = mask.read(1)
                    known = mask.read_masks(1) > 0
            except rasterio.errors.RasterioError as error:
                raise InputError(
                    f"{path} is not a whole GeoTIFF file: export it again."
                ) from error
        if bands > 1 or values.dtype.kind not in "iu":
            raise InputError(
                f"{path} has {bands} bands of {values.dtype}: save the class "
                "index of each pixel in one band of whole numbers."
            )
        # A value for no data may be any number.
        values = np.where(known, values, IGNORE_LABEL)
        if values.min() < 0 or values.max() > IGNORE_LABEL:
            raise InputError(
                f"{path} holds values from {values.min()} to {values.max()}: "
                "give classes the values 0 to 255."
            )
        values = values.astype(np.uint8)
        if self._mask_values.unlisted(values[known]).size:
            raise UnlistedValues(path, values[known], self._mask_values)
        labels = self._mask_values.labels[values].astype(np.uint8)
        labels[~known] = IGNORE_LABEL
        return labels


def are_maps(
    masks: Iterable[pathlib.Path],
    bands: Sequence[int],
    value_range: Sequence[float],
) -> bool:
    """Whether the photos of a folder are read as maps.

    They are if any mask is a TIFF file, or if bands or a range are given.
    """
    return bool(bands or value_range) or any(
        mask.suffix.lower() in MAP_SUFFIXES for mask in masks
    )


def _refuse_other_place(
    path: pathlib.Path, transform: Any, raster: MapRaster
) -> None:
    own = raster.source.transform
    if own.is_identity or transform.is_identity:
        return
    for corner in ((0, 0), (raster.shape[1], raster.shape[0])):
        here, there = on_earth(own, *corner), on_earth(transform, *corner)
        if math.dist(here, there) > _MAX_SHIFT * raster.pixel_side:
            raise InputError(
                f"{path} lies elsewhere than {raster.path}, or has other "
                "pixels: export both with the same extent and CRS."
            )
