"""The steps of a photo: it is read, labeled and written."""

import contextlib
import errno
import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from keras_rcnn.cli.photos.annotations import Annotations
from keras_rcnn.cli.photos.big_photo import BigPhoto
from keras_rcnn.cli.photos.photo_stream import Job
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import (
    open_photo,
    read_image,
    resize_labels,
    scale_down,
    write_png,
)
from keras_rcnn.io.odd_photos import photo_notes
from keras_rcnn.io.pictures import TooManyPixelsError
from keras_rcnn.labeling.average_labeler import AverageLabeler
from keras_rcnn.labeling.labeler import Labeler, TooLargeError, naming_photo
from keras_rcnn.labeling.uncertainty import (
    label_with_uncertainty,
    uncertainty_picture,
)
from keras_rcnn.reports import label_shares, overlay_with_legend

# Errors that all other photos would meet as well.
_ENDS_RUN = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EIO,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}
# Of GeoTIFF: pixel scale and transformation.
_PLACE_TAGS = {33550, 34264}
# Memory of a photo, its scaled copy, its labels and its overlay.
_BYTES_A_PIXEL = 40
# Memory of probabilities, for each class.
_BYTES_A_PROBABILITY = 12


class PhotoLabeling:
    """The steps of a `photo_stream`.

    Args:
        labeler: of any model.
        longest_side: scales larger photos down to this many pixels; None
            scales no photo.
        memory_mb: megabytes that photos may take.
        annotations: where each photo is added.
        with_uncertainty: whether to write the uncertainty of each pixel.
    """

    def __init__(
        self,
        labeler: Labeler,
        longest_side: int | None,
        memory_mb: float,
        annotations: Annotations,
        with_uncertainty: bool = False,
    ) -> None:
        self.labeler = labeler
        self.longest_side = longest_side
        self.annotations = annotations
        self.with_uncertainty = with_uncertainty
        self._needs_probabilities = with_uncertainty or isinstance(
            labeler, AverageLabeler
        )
        size = _BYTES_A_PIXEL
        if self._needs_probabilities and longest_side is None:
            size += _BYTES_A_PROBABILITY * len(labeler.class_names)
        self.max_pixels = int(memory_mb * 1e6 / size)
        self.network_seconds = 0.0

    def measure(self, job: Job) -> Job:
        """Sets the number of pixels, from the header of the file."""
        try:
            with open_photo(job.photo) as image:
                job.pixels = image.width * image.height
                if _PLACE_TAGS.intersection(getattr(image, "tag_v2", ())):
                    job.notes = [
                        f"{job.photo} is a GeoTIFF, labeled as a photo: give "
                        "--maps for labels that keep its place."
                    ]
        except TooManyPixelsError as error:
            job.failure = f"{error} Or allow more by --max_megapixels."
        except InputError as error:
            job.failure = str(error)
        return job

    def read(self, job: Job) -> None:
        """Reads a photo that fits in memory."""
        if job.failure or job.pixels > self.max_pixels:
            return
        try:
            job.image = read_image(job.photo)
            job.small = scale_down(job.image, self.longest_side)
            job.notes = [*job.notes, *photo_notes(job.photo, job.image)]
        except InputError as error:
            job.failure = str(error)

    def label(self, jobs: list[Job]) -> None:
        """Labels photos; photos of one size form a batch."""
        groups = defaultdict(list)
        for job in jobs:
            if job.small is not None:
                groups[job.small.shape].append(job)
            elif not job.failure:
                self._label_big_photo(job)
        for group in groups.values():
            self._label_group(group)

    def write(self, job: Job) -> None:
        """Writes the labels, at the size of the photo, and the overlay."""
        if job.image is None or job.labels is None:
            return
        labels = resize_labels(job.labels, *job.image.shape[:2])
        classes = self.labeler.class_names, self.labeler.palette
        with _failing_alone(job):
            write_png(job.labels_file, labels)
            picture = overlay_with_legend(job.image, labels, *classes)
            write_png(job.overlay_file, picture)
            if job.uncertainty is not None:
                uncertainty = resize_labels(job.uncertainty, *labels.shape)
                write_png(job.uncertainty_file, uncertainty)
                job.mean_uncertainty = float(uncertainty.mean() / 255)
            with self.annotations.photo(job, *labels.shape) as append:
                append(labels)
            job.shares = label_shares(labels, len(classes[0]))
        job.image = job.small = job.labels = job.uncertainty = None

    def _label_group(self, group: list[Job]) -> None:
        """Labels photos of one size."""
        start = time.perf_counter()
        try:
            if self._needs_probabilities:
                # The probabilities of a batch may take too much memory.
                self._label_each(group)
            else:
                labels = self.labeler(np.stack([job.small for job in group]))
                for job, each in zip(group, labels, strict=True):
                    job.labels = each
        except TooLargeError:
            # One may fit where all do not.
            self._label_each(group)
        self.network_seconds += time.perf_counter() - start

    def _label_each(self, group: list[Job]) -> None:
        for job in group:
            try:
                with naming_photo(job.photo):
                    self._label_one(job)
            except TooLargeError as error:
                job.failure = str(error)

    def _label_one(self, job: Job) -> None:
        if not self.with_uncertainty:
            job.labels = self.labeler(job.small)
            return
        job.labels, uncertainty = label_with_uncertainty(
            self.labeler, job.small
        )
        job.uncertainty = uncertainty_picture(uncertainty)

    def _label_big_photo(self, job: Job) -> None:
        job.notes = [*job.notes, *photo_notes(job.photo)]
        with _failing_alone(job), self._open_big(job) as photo:
            photo.write()
            job.shares = photo.shares
            self.network_seconds += photo.network_seconds

    def _open_big(self, job: Job) -> BigPhoto:
        return BigPhoto(
            self.labeler,
            job,
            self.longest_side,
            self.annotations,
            self.with_uncertainty,
        )


@contextlib.contextmanager
def _failing_alone(job: Job) -> Iterator[None]:
    """Turns an error into the failure of a photo, unless all would fail."""
    try:
        yield
    except InputError as error:
        if getattr(error.__cause__, "errno", None) in _ENDS_RUN:
            raise
        job.failure = str(error)
