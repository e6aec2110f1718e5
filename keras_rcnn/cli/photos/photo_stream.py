"""Photos read ahead, labeled and written behind, all at the same time."""

import concurrent.futures
import dataclasses
import pathlib
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any

# More make the bar jump and interrupts wait, and hardly save time.
MAX_PHOTOS = 8
_THREADS = 2


@dataclasses.dataclass
class Job:
    """A photo on its way to its labels.

    Args:
        photo: file to read.
        name: what is made of it is called.
        folder: to write into.
        pixels: of the photo.
        image: the photo, uint8 `(height, width, 3)`, while it is needed.
        small: the same at the size to label it at.
        labels: uint8, as large as `small`.
        shares: the part of the photo that each class has, once written.
        failure: why there are no labels.
    """

    photo: pathlib.Path
    name: str
    folder: pathlib.Path
    pixels: int = 0
    image: Any = None
    small: Any = None
    labels: Any = None
    shares: Any = None
    failure: str | None = None

    @property
    def labels_file(self) -> pathlib.Path:
        """File to write the labels to."""
        return self.folder / f"{self.name}_labels.png"

    @property
    def overlay_file(self) -> pathlib.Path:
        """File to write the picture of them to."""
        return self.folder / f"{self.name}_overlay.png"


Step = Callable[[Job], None]


def windows(
    jobs: Iterable[Job], max_pixels: int, max_photos: int = MAX_PHOTOS
) -> Iterator[list[Job]]:
    """Jobs in a row that may be in memory together.

    Args:
        jobs: with the pixels of each.
        max_pixels: of a window; a larger photo has one of its own.
        max_photos: of a window.
    """
    window: list[Job] = []
    for job in jobs:
        pixels = sum(other.pixels for other in window) + job.pixels
        if window and (pixels > max_pixels or len(window) == max_photos):
            yield window
            window = []
        window.append(job)
    if window:
        yield window


def stream(
    windows: Iterable[list[Job]],
    read: Step,
    label: Callable[[list[Job]], None],
    write: Step,
) -> Generator[Job, None, None]:
    """Takes the jobs through three steps and gives them back in their order.

    While a window is being labeled, in the caller's thread, the next one is
    read and the last one written, so that three are in memory.

    Args:
        windows: jobs to do together.
        read: first step, for each job.
        label: second step, for all jobs of a window at once.
        write: last step, for each job.

    Raises:
        Exception: what a step raises ends the stream; other steps that have
            begun are finished, none is started.
    """
    threads = concurrent.futures.ThreadPoolExecutor(_THREADS)
    try:
        behind: list[concurrent.futures.Future[Job]] = []
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
    windows: Iterable[list[Job]],
    read: Step,
) -> Iterator[tuple[list[Job], list[concurrent.futures.Future[Job]]]]:
    """Each window when reading the one after it has begun."""
    ahead = None
    for window in windows:
        begun = window, [threads.submit(_done, read, job) for job in window]
        if ahead:
            yield ahead
        ahead = begun
    if ahead:
        yield ahead


def _done(step: Step, job: Job) -> Job:
    step(job)
    return job
