"""A map on its way to its labels."""

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

from keras_rcnn.cli.photos.photo_stream import Job


@dataclasses.dataclass
class MapJob(Job):
    """A map, whose labels are rasters and polygons.

    Args:
        vectors: formats of the polygons, `geojson` and `gpkg`.
        area_unit: unit of the areas of the polygons, once written.
    """

    vectors: Sequence[str] = ()
    area_unit: str | None = None

    @property
    def labels_file(self) -> pathlib.Path:
        """File to write the labels to."""
        return self.folder / f"{self.name}_labels.tif"

    @property
    def uncertainty_file(self) -> pathlib.Path:
        """File to write the uncertainty of each pixel to."""
        return self.folder / f"{self.name}_uncertainty.tif"

    @property
    def polygon_files(self) -> list[pathlib.Path]:
        """Files to write the polygons to."""
        stem = self.folder / f"{self.name}_polygons"
        return [stem.with_name(f"{stem.name}.{each}") for each in self.vectors]

    @property
    def more_files(self) -> list[pathlib.Path]:
        """Polygons, and names and colors of the classes."""
        labels = self.labels_file
        legend = [
            labels.with_name(f"{labels.name}.aux.xml"),
            labels.with_suffix(".qml"),
        ]
        return [*self.polygon_files, *legend]

    @property
    def more_figures(self) -> dict[str, Any]:
        """The files of the polygons and the unit of their areas."""
        if not self.vectors:
            return {}
        files = list(map(str, self.polygon_files))
        return {"polygons": files, "area_unit": self.area_unit}
