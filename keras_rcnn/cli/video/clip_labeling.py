"""A clip, labeled frame by frame and written as an overlay."""

import contextlib
import dataclasses
import pathlib
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import tqdm

from keras_rcnn.cli.photos import photo_labeling, photo_stream
from keras_rcnn.cli.photos.annotations import Annotations
from keras_rcnn.cli.video.clip_files import ClipFiles
from keras_rcnn.errors import InputError
from keras_rcnn.io.clips import Clip, ClipFrame
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.images import resize_labels, scale_down, write_png
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.video_writer import Append, open_video
from keras_rcnn.labeling.labeler import Labeler
from keras_rcnn.labeling.temporal_average import TemporalAverage
from keras_rcnn.reports import label_shares, overlay
from keras_rcnn.reports.legends import legend_column

# Seconds between two notes of how far the work has come.
_NOTE_SECONDS = 1.0


@dataclasses.dataclass
class FrameJob(photo_stream.Job):
    """A frame on its way to its labels.

    Args:
        frame: the frame, while it is needed.
        files: names of the files to write.
        index: of the frame.
        mean: probabilities averaged up to this frame, if they are.
    """

    frame: ClipFrame | None = None
    files: Any = None
    index: int = 0
    mean: np.ndarray | None = None

    @property
    def labels_file(self) -> pathlib.Path:
        """File to write the labels to."""
        file: pathlib.Path = self.files.frame(self.index)
        return file

    @property
    def uncertainty_file(self) -> pathlib.Path:
        """File to write the uncertainty of each pixel to."""
        file: pathlib.Path = self.files.uncertainty(self.index)
        return file


class ClipLabeling:
    """Labels the frames of a clip.

    Args:
        labeler: of any model, or a `TemporalAverage` of one.
        clip: the clip.
        files: where to write.
        longest_side: scales larger frames down to this many pixels to label
            them; None scales no frame.
        memory_mb: megabytes that frames may take.
        with_uncertainty: whether to write the uncertainty of each pixel.
    """

    def __init__(
        self,
        labeler: Labeler,
        clip: Clip,
        files: ClipFiles,
        longest_side: int | None,
        memory_mb: float,
        with_uncertainty: bool,
    ) -> None:
        self.labeler = labeler
        self._average = (
            labeler if isinstance(labeler, TemporalAverage) else None
        )
        self.clip = clip
        self.files = files
        self.longest_side = longest_side
        none = Annotations((), files.labels_folder, (), ())
        self.photos = photo_labeling.PhotoLabeling(
            labeler, longest_side, memory_mb, none, with_uncertainty
        )
        self.broken: list[tuple[int, float]] = []
        self.seconds: list[float] = []
        self.num_labeled = 0
        self.seconds_labeling = 0.0
        if with_uncertainty:
            make_folder(files.uncertainty_folder)

    def label(self) -> None:
        """Writes the labels of all frames that have none yet."""
        count, mean = self.files.begin()
        if self._average:
            self._average.mean = mean
        stream = photo_stream.stream(
            photo_stream.windows(
                self._jobs(count),
                self.photos.max_pixels,
                # Frames that are averaged are labeled one by one.
                1 if self._average else photo_stream.MAX_PHOTOS,
            ),
            self._read,
            self._label,
            self._write,
        )
        bar = tqdm.tqdm(
            stream,
            "Labeling",
            self.clip.num_frames,
            initial=count,
            unit="frame",
            file=sys.stderr,
        )
        start = noted = time.monotonic()
        job = None
        try:
            with contextlib.closing(stream), bar:
                for job in bar:
                    if job.failure:
                        raise InputError(job.failure)
                    if time.monotonic() > noted + _NOTE_SECONDS:
                        noted = time.monotonic()
                        self.files.save_progress(job.index + 1, job.mean)
        finally:
            self.seconds_labeling = time.monotonic() - start
            if job is not None and not job.failure:
                self.num_labeled = job.index + 1 - count
                with contextlib.suppress(InputError):
                    self.files.save_progress(job.index + 1, job.mean)

    def write_videos(self) -> np.ndarray:
        """Writes the overlay, and the labels as a video if they are wanted.

        Returns:
            The share of each class in each frame, `(frames, classes)`.
        """
        files, clip = self.files, self.clip
        num_classes = len(self.labeler.class_names)
        shares = np.array(
            [
                label_shares(files.read_labels(index), num_classes)
                for index in range(len(self.seconds))
            ]
        )
        key = legend_column(
            np.flatnonzero(shares.sum(axis=0)),
            self.labeler.class_names,
            self.labeler.palette,
            clip.height,
        )
        if files.labels != files.labels_folder:
            size = clip.height, clip.width
            with self._video(files.labels, *size, lossless=True) as append:
                for frame in self._bar("Writing labels"):
                    labels = files.read_labels(frame.index)
                    append(labels, frame.timestamp, frame.duration)
        size = clip.height, clip.width + key.shape[1]
        image = np.zeros((clip.height, clip.width, 3), np.uint8)
        with self._video(files.overlay, *size) as append:
            for frame in self._bar("Writing overlay"):
                # In the place of a broken frame stays the one before it.
                image = image if frame.picture is None else frame.pixels()
                labels = files.read_labels(frame.index)
                tinted = overlay(image, labels, self.labeler.palette)
                picture = np.hstack([tinted, key])
                append(picture, frame.timestamp, frame.duration)
        return shares

    def _jobs(self, first: int) -> Iterator[FrameJob]:
        """The frames from the first that has no labels."""
        clip = self.clip
        for frame in clip.frames():
            self.seconds.append(frame.seconds)
            if frame.picture is None:
                self.broken.append((frame.index, frame.seconds))
            if frame.index >= first:
                yield FrameJob(
                    pathlib.Path(f"frame {frame.index} of {clip.path}"),
                    clip.path.stem,
                    self.files.labels_folder,
                    clip.height * clip.width,
                    frame=frame,
                    files=self.files,
                    index=frame.index,
                )

    def _read(self, job: FrameJob) -> None:
        if job.frame is not None and job.frame.picture is not None:
            image = job.frame.pixels()
            job.small = scale_down(image, self.longest_side)
        job.frame = None

    def _label(self, jobs: list[FrameJob]) -> None:
        known: list[photo_stream.Job] = [
            job for job in jobs if job.small is not None
        ]
        self.photos.label(known)
        if self._average:
            jobs[-1].mean = self._average.mean

    def _write(self, job: FrameJob) -> None:
        if job.failure:
            return
        size = self.clip.height, self.clip.width
        if job.uncertainty is not None:
            uncertainty = resize_labels(job.uncertainty, *size)
            write_png(job.uncertainty_file, uncertainty)
        if job.labels is None:
            labels = np.full(size, IGNORE_LABEL, np.uint8)
        else:
            labels = resize_labels(job.labels, *size)
        write_png(job.labels_file, labels)
        job.small = job.labels = job.uncertainty = None

    def _video(
        self, path: pathlib.Path, height: int, width: int, **options: bool
    ) -> contextlib.AbstractContextManager[Append]:
        part = self.files.unfinished_video
        return open_video(path, part, height, width, self.clip, **options)

    def _bar(self, text: str) -> Iterator[ClipFrame]:
        frames = self.clip.frames()
        total = len(self.seconds)
        return iter(
            tqdm.tqdm(frames, text, total, unit="frame", file=sys.stderr)
        )
