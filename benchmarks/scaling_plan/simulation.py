"""Discrete-event simulation of workers that share a link."""

import heapq
from typing import NamedTuple

FETCH, STORE = range(2)
PHOTOS_A_WORKER = 30


class Photo(NamedTuple):
    """The work on a photo.

    Args:
        decode: seconds of decoding.
        model: seconds of labeling.
        encode: seconds of encoding the labels.
        bytes_in: size of the photo's file.
        bytes_out: size of the file of labels.
    """

    decode: float
    model: float
    encode: float
    bytes_in: float
    bytes_out: float

    @property
    def core_seconds(self) -> float:
        """Seconds of a core for all of the work."""
        return self.decode + self.model + self.encode


class Outcome(NamedTuple):
    """The result of a simulation.

    Args:
        photos_per_second: throughput.
        busy: fraction of the time that the workers spent in each part of the
            work, and that the link was in use in each direction.
    """

    photos_per_second: float
    busy: dict[str, float]

    @property
    def bottleneck(self) -> str:
        """The part of the work that is busy for most of the time."""
        return max(self.busy, key=lambda name: self.busy[name])

    def __str__(self) -> str:
        busy = self.busy[self.bottleneck]
        return (
            f"{self.photos_per_second:,.0f} "
            f"({self.bottleneck}, {100 * busy:.0f} %)"
        )


def simulate(
    photo: Photo,
    num_workers: int,
    link: float,
    num_photos: int | None = None,
) -> Outcome:
    """Simulates workers that each label one photo after the other.

    A worker fetches a photo, labels it, stores the labels and goes on to the
    next photo. The link carries one file at a time in each direction, in the
    order of the requests. The starts of the workers are spread evenly over the
    time of one photo.

    Args:
        photo: the work on each photo.
        num_workers: number of workers, each with one core.
        link: bytes per second in each direction that the workers share.
        num_photos: number of photos; by default enough to make the start and
            the end of the simulation negligible.
    """
    num_photos = num_photos or PHOTOS_A_WORKER * num_workers
    work = photo.core_seconds
    spacing = work / num_workers
    events = [(spacing * index, FETCH) for index in range(num_workers)]
    free = {FETCH: 0.0, STORE: 0.0}
    takes = {FETCH: photo.bytes_in / link, STORE: photo.bytes_out / link}
    begun = done = 0
    end = 0.0
    while done < num_photos:
        time, stage = heapq.heappop(events)
        if stage == FETCH and begun == num_photos:
            continue
        end = max(time, free[stage]) + takes[stage]
        free[stage] = end
        if stage == FETCH:
            begun += 1
            heapq.heappush(events, (end + work, STORE))
        else:
            done += 1
            heapq.heappush(events, (end, FETCH))
    cores = num_workers * end
    busy = {
        "decoding": num_photos * photo.decode / cores,
        "model": num_photos * photo.model / cores,
        "encoding": num_photos * photo.encode / cores,
        "fetching": num_photos * takes[FETCH] / end,
        "storing": num_photos * takes[STORE] / end,
    }
    return Outcome(num_photos / end, busy)
