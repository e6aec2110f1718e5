"""A photo that does not fit in memory, labeled and written in strips."""

import contextlib
import pathlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import tqdm

from keras_rcnn.cli.photos.annotations import Annotations
from keras_rcnn.cli.photos.photo_stream import Job
from keras_rcnn.errors import InputError
from keras_rcnn.io.big_photos import ROWS_A_STRIP, open_big_photo, scaled_strips
from keras_rcnn.io.images import scaled_size, write_png
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.png_stream import Append, open_png
from keras_rcnn.io.raw_picture import RawPicture
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.labeling.uncertainty import uncertainty_picture
from keras_rcnn.reports import overlay_with_legend

# Files to write, each with the layer of the bands that it takes.
Outputs = list[tuple[int, contextlib.AbstractContextManager[Append]]]
# In pixels; people look at larger pictures only in parts.
OVERLAY_SIDE = 4000


class BigPhoto:
    """A photo on disk, which is labeled and written strip by strip.

    Args:
        labeler: one that cuts pictures into tiles.
        job: the photo, and the folder to write into, which meanwhile holds
            its pixels, 3 bytes each.
        longest_side: of the photo when it is labeled, in pixels; None leaves
            its size.
        annotations: where the photo is added.
        with_uncertainty: whether to write the uncertainty of each pixel.

    Raises:
        InputError: if the photo cannot be read, the disk is full, or the
            labeler cannot cut pictures.
    """

    def __init__(
        self,
        labeler: Any,
        job: Job,
        longest_side: int | None,
        annotations: Annotations,
        with_uncertainty: bool = False,
    ) -> None:
        if getattr(labeler, "tiles", None) is None:
            raise InputError(
                f"{job.photo} is too large for --memory_mb, and only one "
                "network without --flip and --scale labels photos in parts: "
                "put the model.keras of a SavedModel beside it, export a "
                ".tflite or .onnx file again for any size, or raise "
                "--memory_mb."
            )
        self._label_in_bands = labeler.label_in_bands
        self._classes = labeler.class_names, labeler.palette
        self._annotations = annotations
        self._with_uncertainty = with_uncertainty
        self.job = job
        self.network_seconds = 0.0
        self.counts = np.zeros(256, np.int64)
        self._files = contextlib.ExitStack()
        with self._files:
            with _bar(f"Reading {job.photo.name}", job.pixels) as bar:
                self.picture = self._files.enter_context(self._open(bar.update))
            self.height, self.width, _ = self.picture.shape
            self.small = self._scaled_down(job.folder, longest_side)
            # Without an error the files stay open.
            self._files = self._files.pop_all()

    def __enter__(self) -> "BigPhoto":
        return self

    def __exit__(self, *error: Any) -> None:
        self._files.close()

    def write(self) -> None:
        """Labels the photo and writes the pictures of it.

        Raises:
            InputError: if a file cannot be written.
        """
        height, width = scaled_size(self.height, self.width, OVERLAY_SIDE)
        seen = np.empty((height, width), np.uint8)
        bands = self._observed(self._enlarged(self._label()), seen)
        with contextlib.ExitStack() as files:
            appends = [
                (layer, files.enter_context(each))
                for layer, each in self._outputs()
            ]
            for band in bands:
                for layer, append in appends:
                    append(band[..., layer])
        strips = scaled_strips(self.picture, height, width)
        image = np.concatenate(list(strips))
        picture = overlay_with_legend(image, seen, *self._classes)
        write_png(self.job.overlay_file, picture)

    @property
    def shares(self) -> np.ndarray:
        """Fraction of the labeled pixels that each class has, once written."""
        counts = self.counts[: len(self._classes[0])]
        return counts / max(1, counts.sum())

    def _open(
        self, progress: Callable[[int], None]
    ) -> contextlib.AbstractContextManager[Any]:
        """The pixels: an object whose windows can be read."""
        return open_big_photo(self.job.photo, self.job.folder, progress)

    def _outputs(self) -> Outputs:
        """Files to write, each with the layer of the bands that it takes."""
        size = self.height, self.width
        outputs: Outputs = [
            (0, open_png(self.job.labels_file, *size)),
            (0, self._annotations.photo(self.job, *size)),
        ]
        if self._with_uncertainty:
            outputs.append((1, open_png(self.job.uncertainty_file, *size)))
        return outputs

    def _strips(self) -> Iterator[np.ndarray] | None:
        """Pixels to standardize by, if not all of them."""
        return None

    def _scaled_down(
        self, folder: pathlib.Path, longest_side: int | None
    ) -> RawPicture:
        height, width = scaled_size(self.height, self.width, longest_side)
        if (height, width) == (self.height, self.width):
            return self.picture
        small = self._files.enter_context(RawPicture(folder, height, width))
        for strip in scaled_strips(self.picture, height, width):
            small.append(strip)
        return small

    def _label(self) -> Iterator[np.ndarray]:
        """Bands of the scaled photo, timed.

        Yields:
            uint8 `(rows, width, layers)`: labels and, if it is to be written,
            their uncertainty.
        """
        height, width, _ = self.small.shape
        with _bar(f"Labeling {self.job.photo.name}", height * width) as bar:
            bands = self._label_in_bands(
                self.small, self._with_uncertainty, bar.update, self._strips()
            )
            while True:
                start = time.perf_counter()
                try:
                    band = next(bands, None)
                except TooLargeError as error:
                    raise InputError(
                        f"{self.job.photo} takes more memory than there is: "
                        "give less by --memory_mb."
                    ) from error
                self.network_seconds += time.perf_counter() - start
                if band is None:
                    return
                layers = [band["labels"]]
                if self._with_uncertainty:
                    uncertainty = 1 - band["probabilities"].max(axis=-1)
                    layers.append(uncertainty_picture(uncertainty.clip(0, 1)))
                yield np.stack(layers, axis=-1)

    def _enlarged(self, bands: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Scales bands to the size of the photo, by nearest neighbor."""
        rows = nearest(self.height, self.small.shape[0])
        columns = nearest(self.width, self.small.shape[1])
        bottom = 0
        for band in bands:
            top, bottom = bottom, bottom + len(band)
            first, last = np.searchsorted(rows, (top, bottom))
            for start in range(first, last, ROWS_A_STRIP):
                chosen = rows[start : min(start + ROWS_A_STRIP, last)] - top
                yield band[chosen][:, columns]

    def _observed(
        self, bands: Iterable[np.ndarray], seen: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Yields the bands; counts their labels, samples them into `seen`.

        It also computes the mean of the uncertainties.
        """
        total = 0
        rows = nearest(seen.shape[0], self.height)
        columns = nearest(seen.shape[1], self.width)
        bottom = 0
        for band in bands:
            top, bottom = bottom, bottom + len(band)
            first, last = np.searchsorted(rows, (top, bottom))
            labels = band[..., 0]
            seen[first:last] = labels[rows[first:last] - top][:, columns]
            self.counts += np.bincount(labels.reshape(-1), minlength=256)
            known = band[labels != IGNORE_LABEL]
            total += int(known[:, 1:].sum(dtype=np.int64))
            yield band
        if self._with_uncertainty:
            pixels = self.counts[:IGNORE_LABEL].sum()
            self.job.mean_uncertainty = float(total / (255 * max(1, pixels)))


def nearest(length: int, other: int) -> np.ndarray:
    """For each of `length` positions, the nearest of `other` positions."""
    return ((np.arange(length) + 0.5) * (other / length)).astype(int)


def _bar(what: str, pixels: int) -> Any:
    return tqdm.tqdm(
        desc=what,
        total=pixels,
        unit="px",
        unit_scale=True,
        leave=False,
        file=sys.stderr,
    )
