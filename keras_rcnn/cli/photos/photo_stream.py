"""Photos that are read, labeled and written at the same time."""

import concurrent.futures
import dataclasses
import pathlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

# More photos hardly save time; the progress bar jumps, interrupts wait.
MAX_PHOTOS = 8
_THREADS = 2


@dataclasses.dataclass
class Job:
    """A photo on its way to its labels.

    Args:
        photo: file to read.
        name: of the files to write, without suffix.
        folder: to write into.
        pixels: number of pixels of the photo.
        image: the photo, uint8 `(height, width, 3)`, while it is needed.
        small: the photo, scaled to the size at which it is labeled.
        labels: uint8, of the size of `small`.
        uncertainty: uint8 of this size, if it is written.
        mean_uncertainty: of the photo, from 0 to 1, once written.
        shares: fraction of the photo that each class has, once written.
        failure: why the photo has no labels.
        notes: lines on what may be a mistake.
    """

    photo: pathlib.Path
    name: str
    folder: pathlib.Path
    pixels: int = 0
    image: Any = None
    small: Any = None
    labels: Any = None
    uncertainty: Any = None
    mean_uncertainty: float | None = None
    shares: Any = None
    failure: str | None = None
    notes: Sequence[str] = ()

    @property
    def more_files(self) -> Sequence[pathlib.Path]:
        """Files that are written besides the pictures below."""
        return ()

    @property
    def more_figures(self) -> dict[str, Any]:
        """Figures for the report that only some kinds of photos have."""
        return {}

    @property
    def labels_file(self) -> pathlib.Path:
        """File to write the labels to."""
        return self.folder / f"{self.name}_labels.png"

    @property
    def overlay_file(self) -> pathlib.Path:
        """File to write the tinted photo to."""
        return self.folder / f"{self.name}_overlay.png"

    @property
    def uncertainty_file(self) -> pathlib.Path:
        """File to write the uncertainty of each pixel to."""
        return self.folder / f"{self.name}_uncertainty.png"


AnyJob = TypeVar("AnyJob", bound=Job)
Step = Callable[[AnyJob], None]


def windows(
    jobs: Iterable[AnyJob], max_pixels: int, max_photos: int = MAX_PHOTOS
) -> Iterator[list[AnyJob]]:
    """Groups successive jobs that fit in memory together.

    Args:
        jobs: photos whose number of pixels is known.
        max_pixels: of all photos of a window; a larger photo has a window of
            its own.
        max_photos: number of photos of a window.
    """
    window: list[AnyJob] = []
    for job in jobs:
        pixels = sum(other.pixels for other in window) + job.pixels
        if window and (pixels > max_pixels or len(window) == max_photos):
            yield window
            window = []
        window.append(job)
    if window:
        yield window


def stream(
    windows: Iterable[list[AnyJob]],
    read: Step[AnyJob],
    label: Callable[[list[AnyJob]], None],
    write: Step[AnyJob],
) -> Generator[AnyJob, None, None]:
    """Takes jobs through three steps and yields them in their order.

    While a window is labeled, in the thread of the caller, the next window is
    read and the previous one written. Three windows are in memory.

    Args:
        windows: jobs to do together.
        read: first step, for each job.
        label: second step, for all jobs of a window at once.
        write: last step, for each job.

    Raises:
        Exception: the error of any step, which ends the stream. Steps that
            have begun are finished, and no other step is started.
    """
    threads = concurrent.futures.ThreadPoolExecutor(_THREADS)
    try:
        behind: list[concurrent.futures.Future[AnyJob]] = []
        for window, reading in _read_ahead(threads, windows, read):
            for each in reading:
                each.result()
            label(window)
            writing = [threads.submit(_done, write, job) for job in window]
            yield from (each.result() for each in behind)
            behind = writing
        yield from (each.result() for each in behind)
    finally:
        threads.shutdown(cancel_futures=True)


def _read_ahead(
    threads: concurrent.futures.Executor,
    windows: Iterable[list[AnyJob]],
    read: Step[AnyJob],
) -> Iterator[tuple[list[AnyJob], list[concurrent.futures.Future[AnyJob]]]]:
    """Yields each window once the window after it is being read."""
    ahead = None
    for window in windows:
        begun = window, [threads.submit(_done, read, job) for job in window]
        if ahead:
            yield ahead
        ahead = begun
    if ahead:
        yield ahead


def _done(step: Step[AnyJob], job: AnyJob) -> AnyJob:
    step(job)
    return job
