"""The flags of `label` for maps."""

import functools
from collections.abc import Callable
from typing import Any

from absl import flags

from keras_rcnn.cli.flags import Flags, add_bands
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.io import gdal

map_job = LazyModule("keras_rcnn.cli.photos.map_job")
map_labeling = LazyModule("keras_rcnn.cli.photos.map_labeling")
map_raster = LazyModule("keras_rcnn.io.map_raster")

_FOR_MAPS = ("bands", "value_range", "pixel_size", "vectors", "min_area")
# What to give instead of flags that are for photos only.
_FOR_PHOTOS = {
    "longest_side": "--pixel_size, the side of a pixel in units of the CRS",
    "annotations": "--vectors",
}


def add_maps(values: Flags) -> None:
    """Adds the flags for maps, after all flags that they exclude."""
    values.add_bool(
        "maps",
        False,
        "Take photos as maps (GeoTIFF) and write labels that keep their "
        "place, as GeoTIFF. Needs the extra maps.",
    )
    add_bands(values, "Maps: ")
    values.add_float(
        "pixel_size",
        None,
        "Maps: scale down to pixels of this side, in units of the CRS, to "
        "label them; the labels have the pixels of the map. Give the size of "
        "the pixels that the model learned from.",
    )
    values.add_multi_enum(
        "vectors",
        ["geojson", "gpkg"],
        "Maps: also write a polygon for each region, with its class and area, "
        "as GeoPackage (gpkg), in the CRS of the map, or as GeoJSON, in WGS "
        "84.",
    )
    values.add_float(
        "min_area",
        None,
        "Maps: leave out polygons of less area, in square units of the CRS, or "
        "square meters if that has degrees.",
        lower_bound=0,
    )
    values.check("pixel_size", _is_positive, "give a number above 0")
    values.check_together(["maps", *_FOR_MAPS, *_FOR_PHOTOS], _fit, "")


def prepare(values: Flags) -> dict[str, Any]:
    """Imports what maps need, before TensorFlow (see `import_fiona`).

    Returns:
        Choices for `keras_rcnn.cli.flags.find_photos`.

    Raises:
        InputError: if the extra is missing, or if no map can have the bands or
            the range.
    """
    if not values.maps:
        return {}
    map_raster.check_bands(values.bands or (), values.value_range or ())
    with gdal.quiet_gdal():
        if values.vectors:
            gdal.import_fiona()
    return {"suffixes": map_raster.MAP_SUFFIXES}


def job_maker(values: Flags) -> Callable[..., Any]:
    """Function of file, name and folder that returns a job."""
    vectors = sorted(set(values.vectors or ()))
    return functools.partial(map_job.MapJob, vectors=vectors)


def labeling_maker(values: Flags) -> Callable[..., Any]:
    """Function of the arguments of `PhotoLabeling` for maps."""
    choices = map_labeling.MapChoices(
        tuple(values.bands or ()),
        tuple(values.value_range or ()),
        values.pixel_size,
        values.min_area or 0,
        values.max_megapixels,
    )
    return functools.partial(map_labeling.MapLabeling, choices)


def _is_positive(value: float | None) -> bool:
    return value is None or value > 0


def _fit(given: dict[str, Any]) -> bool:
    for name in _FOR_PHOTOS if given["maps"] else _FOR_MAPS:
        if given[name] in (None, []):
            continue
        raise flags.ValidationError(
            f"--{name} is for photos: give {_FOR_PHOTOS[name]}, with --maps"
            if given["maps"]
            else f"--{name} is for maps: give --maps as well"
        )
    if given["min_area"] and not given["vectors"]:
        raise flags.ValidationError("--min_area needs --vectors")
    return True
