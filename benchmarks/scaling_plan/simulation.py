"""Workers that share a link, event by event."""

import heapq
from typing import NamedTuple

FETCH, COMPUTE, STORE = range(3)


class Photo(NamedTuple):
    """What a worker does with a photo.

    Args:
        decode: seconds.
        model: seconds.
        encode: seconds.
        bytes_in: of the file that is fetched.
        bytes_out: of the labels that are stored.
    """

    decode: float
    model: float
    encode: float
    bytes_in: float
    bytes_out: float


class Outcome(NamedTuple):
    """How it went.

    Args:
        photos_per_second: from the first photo to the last.
        busy: part of the time that the workers decoded, ran the model,
            encoded, and that the link brought files and took labels away.
    """

    photos_per_second: float
    busy: dict[str, float]

    @property
    def bottleneck(self) -> str:
        """What would have to be faster."""
        return max(self.busy, key=lambda name: self.busy[name])


def simulate(
    photo: Photo, num_photos: int, num_workers: int, link: float
) -> Outcome:
    """Labels photos one by one on each of the workers.

    A worker fetches a photo, works on it, stores its labels and takes the
    next. The link carries one file at a time in either direction, first come,
    first served; workers begin one after the other, within the time of a
    photo.

    Args:
        photo: each of them.
        num_photos: how many.
        num_workers: how many, a core each.
        link: bytes a second that all workers together can fetch, and store.
    """
    work = photo.decode + photo.model + photo.encode
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
        if stage == COMPUTE:
            heapq.heappush(events, (time + work, STORE))
            continue
        end = max(time, free[stage]) + takes[stage]
        free[stage] = end
        if stage == FETCH:
            begun += 1
            heapq.heappush(events, (end, COMPUTE))
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
