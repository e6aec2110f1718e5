"""What becomes of a photo: read, labeled, written."""

import time
from collections import defaultdict

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
from keras_rcnn.labeling.labeler import Labeler, TooLargeError, naming_photo
from keras_rcnn.reports import label_shares, overlay_with_legend

# Of a photo and of what is made of it, before, while and after it is labeled.
_BYTES_A_PIXEL = 40


class PhotoLabeling:
    """The steps of a `photo_stream`.

    Args:
        labeler: of any model.
        longest_side: to scale larger photos down to, in pixels; None leaves
            them.
        memory_mb: megabytes that photos may take.
        annotations: to add each photo to.
    """

    def __init__(
        self,
        labeler: Labeler,
        longest_side: int | None,
        memory_mb: float,
        annotations: Annotations,
    ) -> None:
        self.labeler = labeler
        self.longest_side = longest_side
        self.annotations = annotations
        self.max_pixels = int(memory_mb * 1e6 / _BYTES_A_PIXEL)
        self.network_seconds = 0.0

    def measure(self, job: Job) -> Job:
        """Notes how large the photo is, from the beginning of its file."""
        try:
            with open_photo(job.photo) as image:
                job.pixels = image.width * image.height
        except InputError as error:
            job.failure = str(error)
        return job

    def read(self, job: Job) -> None:
        """Reads a photo that is not too large for that."""
        if job.failure or job.pixels > self.max_pixels:
            return
        try:
            job.image = read_image(job.photo)
            job.small = scale_down(job.image, self.longest_side)
        except InputError as error:
            job.failure = str(error)

    def label(self, jobs: list[Job]) -> None:
        """Labels photos, those of one size at once."""
        groups = defaultdict(list)
        for job in jobs:
            if job.small is not None:
                groups[job.small.shape].append(job)
            elif not job.failure:
                self._label_big_photo(job)
        for group in groups.values():
            self._label_group(group)

    def write(self, job: Job) -> None:
        """Writes the labels of the photo's own size, and the picture."""
        if job.image is None or job.labels is None:
            return
        labels = resize_labels(job.labels, *job.image.shape[:2])
        classes = self.labeler.class_names, self.labeler.palette
        write_png(job.labels_file, labels)
        picture = overlay_with_legend(job.image, labels, *classes)
        write_png(job.overlay_file, picture)
        with self.annotations.photo(job, *labels.shape) as append:
            append(labels)
        job.shares = label_shares(labels, len(classes[0]))
        job.image = job.small = job.labels = None

    def _label_group(self, group: list[Job]) -> None:
        """Labels photos of one size."""
        start = time.perf_counter()
        try:
            labels = self.labeler(np.stack([job.small for job in group]))
            for job, each in zip(group, labels, strict=True):
                job.labels = each
        except TooLargeError:
            # One may fit where all do not.
            for job in group:
                self._label_alone(job)
        self.network_seconds += time.perf_counter() - start

    def _label_alone(self, job: Job) -> None:
        try:
            with naming_photo(job.photo):
                job.labels = self.labeler(job.small)
        except InputError as error:
            job.failure = str(error)

    def _label_big_photo(self, job: Job) -> None:
        try:
            photo = BigPhoto(
                self.labeler, job, self.longest_side, self.annotations
            )
        except InputError as error:
            job.failure = str(error)
            return
        with photo:
            photo.write()
        job.shares = photo.shares
        self.network_seconds += photo.network_seconds
