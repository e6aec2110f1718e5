"""Maps, labeled window by window and written as rasters and polygons."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.cli.photos.big_photo import BigPhoto, Outputs, nearest
from keras_rcnn.cli.photos.map_job import MapJob
from keras_rcnn.cli.photos.photo_labeling import PhotoLabeling
from keras_rcnn.cli.photos.photo_stream import Job
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.map_raster import ROWS_A_STRIP, MapRaster
from keras_rcnn.io.raw_picture import RawPicture
from keras_rcnn.labeling.labeler import Labeler, naming_photo
from keras_rcnn.labeling.uncertainty import label_with_uncertainty
from keras_rcnn.maps.areas import area_in
from keras_rcnn.maps.label_raster import open_label_raster
from keras_rcnn.maps.legend_files import write_attribute_table, write_style
from keras_rcnn.maps.polygon_file import open_polygon_files


@dataclasses.dataclass(frozen=True)
class MapChoices:
    """How maps are read and what is written of them.

    Args:
        bands: see `MapRaster`.
        value_range: see `MapRaster`.
        pixel_size: side of the pixels that are labeled, in units of the CRS;
            None labels the pixels of the map.
        min_area: polygons of a smaller area are left out.
        max_megapixels: larger maps are refused; None allows all.
    """

    bands: Sequence[int] = ()
    value_range: Sequence[float] = ()
    pixel_size: float | None = None
    min_area: float = 0
    max_megapixels: float | None = None


class MapLabeling(PhotoLabeling):
    """The steps of a `photo_stream` of maps, which are never in memory.

    Args:
        choices: for all maps.
        *arguments: of `PhotoLabeling`.
    """

    def __init__(self, choices: MapChoices, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.choices = choices

    def open_map(self, job: Job) -> MapRaster:
        """The map of a job."""
        choices = self.choices
        return MapRaster(job.photo, choices.bands, choices.value_range)

    def measure(self, job: Job) -> Job:
        """Sets the number of pixels, from the header of the file."""
        try:
            with self.open_map(job) as raster:
                job.pixels = raster.shape[0] * raster.shape[1]
                if not raster.has_place:
                    job.notes = [
                        f"{job.photo} has no CRS, so its labels have none."
                    ]
        except InputError as error:
            job.failure = str(error)
        limit = self.choices.max_megapixels
        if limit is not None and job.pixels > limit * 1e6:
            job.failure = (
                f"{job.photo} has more than {limit:g} million pixels: allow "
                "more by --max_megapixels."
            )
        return job

    def read(self, job: Job) -> None:
        """Reads nothing: windows are read when they are labeled."""

    def _open_big(self, job: Job) -> BigPhoto:
        labeler: Any = self.labeler
        is_small = job.pixels <= self.max_pixels
        if is_small and getattr(labeler, "tiles", None) is None:
            labeler = _InOneBand(labeler, job)
        return BigMap(self, labeler, job)


class BigMap(BigPhoto):
    """A map, which is labeled and written strip by strip.

    Args:
        labeling: what it belongs to.
        labeler: one that cuts pictures into tiles.
        job: a `MapJob`.
    """

    def __init__(self, labeling: MapLabeling, labeler: Any, job: Job) -> None:
        self._open_map, self._choices = labeling.open_map, labeling.choices
        super().__init__(
            labeler, job, None, labeling.annotations, labeling.with_uncertainty
        )

    def write(self) -> None:
        """Labels the map and writes rasters, polygons and a preview."""
        super().write()
        assert isinstance(self.job, MapJob)
        names, palette = self._classes
        counts = self.counts[: len(names)].tolist()
        write_attribute_table(self.job.labels_file, names, palette, counts)
        write_style(self.job.labels_file, names, palette)
        source = self.picture.source
        self.job.area_unit = area_in(source.crs, source.transform)[1]

    def _open(self, progress: Callable[[int], None]) -> MapRaster:
        return self._open_map(self.job)

    def _outputs(self) -> Outputs:
        job, raster = self.job, self.picture
        assert isinstance(job, MapJob)
        names, palette = self._classes
        polygons = open_polygon_files(
            job.polygon_files, raster, names, self._choices.min_area
        )
        outputs: Outputs = [
            (0, open_label_raster(job.labels_file, raster, palette)),
            (0, polygons),
        ]
        if self._with_uncertainty:
            outputs.append((1, open_label_raster(job.uncertainty_file, raster)))
        return outputs

    def _scaled_down(self, folder: Any, longest_side: int | None) -> RawPicture:
        """The map at the size of pixels at which it is labeled."""
        wanted = self._choices.pixel_size
        if wanted is not None:
            side = self.picture.pixel_side
            if wanted < side:
                raise InputError(
                    f"{self.picture.path} has pixels of {side:g} units of its "
                    f"CRS, which pixel_size={wanted:g} would magnify: give "
                    "that or more, or resample the map by gdalwarp."
                )
            longest = max(self.height, self.width) * side / wanted
            longest_side = max(1, round(longest))
        return super()._scaled_down(folder, longest_side)

    def _strips(self) -> Iterator[np.ndarray] | None:
        return self._known_strips() if self.picture.has_gaps else None

    def _known_strips(self) -> Iterator[np.ndarray]:
        height, width, _ = self.small.shape
        rows, columns = nearest(height, self.height), nearest(width, self.width)
        for top in range(0, height, ROWS_A_STRIP):
            strip = self.small[top : min(top + ROWS_A_STRIP, height), 0:width]
            chosen = rows[top : top + ROWS_A_STRIP]
            known = self.picture.known(int(chosen[0]), int(chosen[-1]) + 1)
            if known is not None:
                strip = strip[known[chosen - chosen[0]][:, columns]]
            yield strip

    def _enlarged(self, bands: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Bands of the size of the map, 255 where it has no data."""
        bottom = 0
        for band in super()._enlarged(bands):
            top, bottom = bottom, bottom + len(band)
            known = self.picture.known(top, bottom)
            if known is not None:
                band[~known] = IGNORE_LABEL
            yield band


class _InOneBand:
    """Any labeler, for maps that it can label as a whole.

    Args:
        labeler: that does not cut pictures.
        job: the map, for errors.
    """

    def __init__(self, labeler: Labeler, job: Job) -> None:
        self._labeler = labeler
        self._job = job
        self.tiles = ()
        self.class_names = labeler.class_names
        self.palette = labeler.palette

    def label_in_bands(
        self,
        image: Any,
        return_probabilities: bool = False,
        progress: Callable[[int], None] = lambda pixels: None,
        strips: object = None,
    ) -> Iterator[dict[str, np.ndarray]]:
        """Labels the whole picture."""
        height, width, _ = image.shape
        whole = image[0:height, 0:width]
        with naming_photo(self._job.photo):
            if return_probabilities:
                labels, uncertainty = label_with_uncertainty(
                    self._labeler, whole
                )
                band = {"probabilities": 1 - uncertainty[..., np.newaxis]}
            else:
                labels, band = self._labeler(whole), {}
        progress(height * width)
        yield {"labels": labels, **band}
