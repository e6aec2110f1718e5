"""Photos through three steps: order, bounds, and how it ends."""

import pathlib
import threading
import time

import pytest

from keras_rcnn.cli.photos.photo_stream import Job, stream, windows


def jobs(pixels):
    return [
        Job(pathlib.Path(f"{n}.png"), str(n), pathlib.Path(), size)
        for n, size in enumerate(pixels)
    ]


def nothing(job):
    pass


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        ([], []),
        ([1], [[1]]),
        ([4, 4, 4], [[4, 4], [4]]),
        # One that is too large stands alone, wherever it stands.
        ([99, 1, 2, 99, 3], [[99], [1, 2], [99], [3]]),
        ([0] * 7, [[0] * 3, [0] * 3, [0]]),
        ([10, 1], [[10], [1]]),
    ],
)
def test_windows(pixels, expected):
    found = windows(jobs(pixels), max_pixels=10, max_photos=3)
    assert [[job.pixels for job in window] for window in found] == expected


def test_every_step_and_the_order_of_the_jobs():
    given = jobs([1] * 20)

    def read(job):
        # The later ones of a window are done first.
        time.sleep(0.002 * (3 - int(job.photo.stem) % 4))
        job.image = "read"

    def label(window):
        for job in window:
            assert job.image == "read"
            job.labels = threading.current_thread()

    def write(job):
        time.sleep(0.002 * (int(job.photo.stem) % 3))
        assert job.labels is threading.main_thread()
        job.shares = "written"

    found = list(stream(windows(given, 4), read, label, write))

    assert found == given
    assert {job.shares for job in found} == {"written"}


def test_the_next_window_is_read_while_one_is_labeled():
    begun = {name: threading.Event() for name in ("0.png", "1.png", "2.png")}

    def read(job):
        begun[job.photo.name].set()

    def label(window):
        number = int(window[0].photo.stem)
        # Waits for ever if reading does not go on by itself.
        if number < 2:
            assert begun[f"{number + 1}.png"].wait(30)

    given = [[job] for job in jobs([1] * 3)]
    assert len(list(stream(given, read, label, nothing))) == 3


def test_no_more_than_three_windows_are_in_memory():
    taken, given_back = [], []

    def source():
        for job in jobs([1] * 30):
            taken.append(job)
            # Those that wait to be read, labeled and written.
            assert len(taken) - len(given_back) <= 3 + 1
            yield [job]

    for job in stream(source(), nothing, lambda window: None, nothing):
        given_back.append(job)
    assert len(given_back) == 30


@pytest.mark.parametrize("failing", ["read", "label", "write"])
def test_an_error_ends_it_and_starts_nothing_more(failing):
    seen = []

    def step(name):
        def act(job):
            number = int((job[0] if name == "label" else job).photo.stem)
            seen.append((name, number))
            if name == failing and number == 2:
                raise OSError("disk")

        return act

    given = ([job] for job in jobs([1] * 100))
    steps = [step(name) for name in ("read", "label", "write")]
    with pytest.raises(OSError, match="disk"):
        list(stream(given, *steps))
    count = len(seen)
    assert max(number for _, number in seen) <= 5
    time.sleep(0.05)
    assert len(seen) == count


def test_a_reader_that_stops_early_stops_it():
    read = []
    given = stream(
        ([job] for job in jobs([1] * 100)),
        lambda job: read.append(job),
        lambda window: None,
        nothing,
    )
    next(given)
    given.close()
    assert len(read) < 10
