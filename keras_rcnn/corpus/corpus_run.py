"""A run of a Beam pipeline, watched if it is on this machine."""

import contextlib
import dataclasses
import io
import os
import re
import sys
import threading
from collections.abc import Iterator

import apache_beam as beam
import tqdm
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import (
    PipelineOptions,
    StandardOptions,
)

from keras_rcnn.corpus import stored_files
from keras_rcnn.corpus.counters import read_counters
from keras_rcnn.corpus.label_corpus import LABELS_FOLDER, LabelCorpus
from keras_rcnn.errors import InputError
from keras_rcnn.io.quiet import quiet_libraries

# Beam's DirectRunner is this one, unless it finds another on the network.
_LOCAL_RUNNER = "FnApiRunner"
_MAX_RUNS = 3
_SECONDS_A_LOOK = 2
# The end of a worker may be known after that of its connection.
_SECONDS_TO_TELL = 5
# How Beam calls the threads that wait for the end of a worker.
_WAITING_THREAD = "run_worker"
# The last line of a traceback from a worker, of the user's files or disk.
_MENDABLE = re.compile(
    r"(?:RuntimeError: )?(?:\S*\.)?"
    r"(?:\w*IO|OS|Input|Permission|FileNotFound)Error: "
    r"(.*?)\.?(?: \[while running .*)?"
)
# What `allocator.py` does, for the workers that Beam starts.
_KEEP_FREED_MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "-1",
}


def parse_options(beam_flags: list[str]) -> PipelineOptions:
    """What Beam makes of its flags.

    Raises:
        InputError: if it does not know one of them.
    """
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            options = PipelineOptions(beam_flags)
            known = options.get_all_options()
            given = options.get_all_options(retain_unknown_options=True)
    except SystemExit as error:
        reason = complaint.getvalue().strip().rsplit("error: ", 1)[-1]
        raise InputError(f"Beam refuses its flags: {reason}.") from error
    standard = options.view_as(StandardOptions)
    if standard.runner in (None, "DirectRunner"):
        standard.runner = _LOCAL_RUNNER
    if is_local(options):
        # Other runners know more flags than Beam does here.
        for name in sorted(given.keys() - known.keys()):
            raise InputError(
                f"--{name} is a flag neither of this program nor of Beam: see "
                "--help."
            )
    return options


def is_local(options: PipelineOptions) -> bool:
    """Whether the pipeline runs on this machine."""
    return options.view_as(StandardOptions).runner == _LOCAL_RUNNER


def run(
    options: PipelineOptions, corpus: LabelCorpus, photos: int | None
) -> dict[str, int]:
    """Labels a corpus; on this machine it goes on when a worker is killed.

    Args:
        options: of Beam.
        corpus: what to do.
        photos: how many there are, to show the progress; None if unknown.

    Returns:
        All counters, of the last run if there were more.

    Raises:
        InputError: if a worker cannot do its work.
    """
    if not is_local(options):
        return _run_once(options, corpus)
    for name, value in _KEEP_FREED_MEMORY.items():
        os.environ.setdefault(name, value)
    with _progress(corpus, photos) as bar:
        for attempt in range(1, _MAX_RUNS + 1):
            with quiet_libraries():
                counters = _run_watched(options, corpus)
            if counters:
                return counters
            told = f"A worker was killed in run {attempt} of {_MAX_RUNS}."
            bar.write(told, file=bar.fp)
    raise InputError(
        "Workers are killed again and again, for want of memory perhaps: give "
        "fewer --direct_num_workers, or less --longest_side. What was labeled "
        "is kept."
    )


def _run_watched(
    options: PipelineOptions, corpus: LabelCorpus
) -> dict[str, int] | None:
    """All counters; None if a worker was killed."""
    with _killed_workers() as killed:
        try:
            return _run_once(options, corpus)
        except RuntimeError as error:
            if killed.wait(_SECONDS_TO_TELL):
                return None
            raise _refusal(error) from error


def _run_once(options: PipelineOptions, corpus: LabelCorpus) -> dict[str, int]:
    pipeline = beam.Pipeline(options=options)
    # A transform belongs to the pipeline that it was part of first.
    _ = pipeline | dataclasses.replace(corpus)
    result = pipeline.run()
    result.wait_until_finish()
    return read_counters(result)


@contextlib.contextmanager
def _killed_workers() -> Iterator[threading.Event]:
    """Tells whether a process of this machine's workers failed."""
    killed = threading.Event()
    told_before = threading.excepthook

    def tell(failure: threading.ExceptHookArgs) -> None:
        if failure.thread and failure.thread.name == _WAITING_THREAD:
            killed.set()
        told_before(failure)

    threading.excepthook = tell
    try:
        yield killed
    finally:
        threading.excepthook = told_before


def _refusal(error: RuntimeError) -> Exception:
    """What a user can mend of a failure in a worker, or the failure."""
    lines = str(error).strip().splitlines()
    told = re.fullmatch(_MENDABLE, lines[-1]) if lines else None
    if told is None:
        return error
    return InputError(
        f"A worker cannot go on: {told[1]}. Mend that and run the same again, "
        "what was labeled is kept."
    )


@contextlib.contextmanager
def _progress(corpus: LabelCorpus, photos: int | None) -> Iterator[tqdm.tqdm]:
    """A bar that counts the files of labels, wherever the workers are."""
    pattern = FileSystems.join(corpus.output_dir, LABELS_FOLDER, "*")
    done = threading.Event()
    # Beside what `quiet_libraries` keeps back.
    with (
        open(os.dup(sys.stderr.fileno()), "w") as terminal,
        tqdm.tqdm(None, "Labeling", photos, unit="file", file=terminal) as bar,
    ):

        def look() -> None:
            while not done.wait(_SECONDS_A_LOOK):
                # The next look may find what this one cannot reach.
                with contextlib.suppress(OSError):
                    bar.n = len(stored_files.find(pattern))
                    bar.refresh()

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        try:
            yield bar
        finally:
            done.set()
            looking.join()
