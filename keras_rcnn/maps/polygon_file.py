"""Regions of a map as polygons in a file that geographic programs read."""

import contextlib
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.annotations.regions import Region
from keras_rcnn.errors import InputError
from keras_rcnn.io.files import part_in_folder
from keras_rcnn.io.gdal import import_fiona, on_earth
from keras_rcnn.io.map_raster import MapRaster
from keras_rcnn.io.png_stream import Append
from keras_rcnn.maps.areas import area_in
from keras_rcnn.maps.label_raster import BLOCK
from keras_rcnn.maps.region_stream import RegionStream
from keras_rcnn.maps.row_blocks import RowBlocks

# Name of the driver and its options. RFC 7946 wants WGS 84, to which GDAL
# converts.
FORMATS: dict[str, tuple[str, dict[str, str]]] = {
    "geojson": ("GeoJSON", {"RFC7946": "YES"}),
    "gpkg": ("GPKG", {"layer": "labels"}),
}
_SCHEMA = {
    "geometry": "Polygon",
    "properties": {"class": "str", "class_index": "int32", "area": "float"},
}


class PolygonFile:
    """Regions of a map as polygons, each with its class and its area.

    Use it in a `with` block. The file appears at the end of the block, when it
    is complete.

    Args:
        path: file to write or replace; its suffix is a key of `FORMATS`.
        map_raster: the map.
        class_names: one for each label.
        min_area: regions of a smaller area are left out.

    Raises:
        InputError: if fiona is not installed, if the map has no place in the
            world that polygons could have; from every method, if the file
            cannot be written.
    """

    def __init__(
        self,
        path: pathlib.Path,
        map_raster: MapRaster,
        class_names: Sequence[str],
        min_area: float = 0,
    ) -> None:
        _refuse_placeless(map_raster, path.suffix)
        source = map_raster.source
        self._path = path
        self._crs = source.crs.to_wkt() if source.crs else None
        self._transform = source.transform
        self._area, _ = area_in(source.crs, source.transform)
        self._class_names = class_names
        self._min_area = min_area
        self._files = contextlib.ExitStack()

    def __enter__(self) -> "PolygonFile":
        fiona, has_index = import_fiona()
        driver, options = FORMATS[self._path.suffix.removeprefix(".")]
        if driver == "GPKG" and not has_index:
            options = {**options, "SPATIAL_INDEX": "NO"}
        with self._files:
            part = self._files.enter_context(part_in_folder(self._path))
            self._files.enter_context(self._writing())
            self._files.enter_context(fiona.Env())
            self._file = self._files.enter_context(
                fiona.open(
                    part,
                    "w",
                    driver=driver,
                    schema=_SCHEMA,
                    crs_wkt=self._crs,
                    **options,
                )
            )
            # Without an error the file stays open.
            self._files = self._files.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._files.__exit__(*error)

    def append(self, region: Region) -> None:
        """Writes the next region, whose polygon is in pixels."""
        label, polygon = region
        area = self._area(polygon)
        if area < self._min_area:
            return
        rings = [polygon.exterior, *polygon.interiors]
        feature = {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [self._on_earth(ring) for ring in rings],
            },
            "properties": {
                "class": self._class_names[label],
                "class_index": label,
                "area": area,
            },
        }
        with self._writing():
            self._file.write(feature)

    def _on_earth(self, ring: Any) -> list[tuple[float, float]]:
        column, row = np.asarray(ring.coords).T
        x, y = on_earth(self._transform, column, row)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (InputError, OSError):
            raise
        except Exception as error:
            # Errors of GDAL have no common base that is public.
            if type(error).__module__.startswith("fiona") or isinstance(
                error, RuntimeError
            ):
                reason = " ".join(str(error).split())
                raise InputError(
                    f"{self._path} cannot be written ({reason[:200]}): free "
                    "some space, or choose another place."
                ) from error
            raise


@contextlib.contextmanager
def open_polygon_files(
    paths: Iterable[pathlib.Path],
    map_raster: MapRaster,
    class_names: Sequence[str],
    min_area: float = 0,
) -> Iterator[Append]:
    """Files of the regions of a map whose labels are given band by band.

    Args:
        paths: see `PolygonFile`; they may be none.
        map_raster: the map.
        class_names: one for each label.
        min_area: regions of a smaller area are left out.

    Yields:
        Function that takes the next rows, uint8 `(rows, width)`.

    Raises:
        InputError: as `PolygonFile`.
    """
    height, width, _ = map_raster.shape
    with contextlib.ExitStack() as stack:
        files = [
            stack.enter_context(
                PolygonFile(path, map_raster, class_names, min_area)
            )
            for path in paths
        ]
        if not files:
            yield lambda labels: None
            return
        regions = RegionStream(width)
        rows_left = height

        def take(labels: np.ndarray) -> None:
            nonlocal rows_left
            rows_left -= len(labels)
            for region in regions.append(labels, is_last=not rows_left):
                for file in files:
                    file.append(region)

        blocks = RowBlocks(BLOCK, take)
        yield blocks.append
        blocks.finish()


def _refuse_placeless(map_raster: MapRaster, suffix: str) -> None:
    """Refuses a map that polygons of a format cannot be placed by.

    Raises:
        InputError: naming the map.
    """
    source = map_raster.source
    if source.transform.is_identity:
        raise InputError(
            f"{map_raster.path} has no transform from pixels to coordinates: "
            "add one by gdal_translate or gdalwarp, or leave vectors= out."
        )
    if suffix == ".geojson" and not source.crs:
        raise InputError(
            f"{map_raster.path} has no CRS, which GeoJSON needs: add it by "
            "gdal_translate -a_srs, or write vectors=gpkg."
        )
