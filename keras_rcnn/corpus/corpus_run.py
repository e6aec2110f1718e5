"""Runs of the Beam pipeline, restarted if a local worker is killed."""

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
from keras_rcnn.io.allocator import ENVIRONMENT
from keras_rcnn.io.quiet import quiet_libraries

# Beam's DirectRunner uses this one, unless it finds another on the network.
_LOCAL_RUNNER = "FnApiRunner"
_MAX_RUNS = 3
_SECONDS_A_LOOK = 2
# The connection to a worker ends before its process is seen to end.
_SECONDS_TO_END = 5
# Beam's name for the threads that wait for the end of a worker.
_WAITING_THREAD = "run_worker"
# Last line of a traceback from a worker about the user's files or disk.
_FIXABLE = re.compile(
    r"(?:RuntimeError: )?(?:\S*\.)?"
    r"(?:\w*IO|OS|Input|Permission|FileNotFound|FileExists|\w+ADirectory)"
    r"Error: "
    r"(.*?)\.?(?: \[while running .*)?"
)


def parse_options(beam_flags: list[str]) -> PipelineOptions:
    """Returns Beam's options for its flags.

    Raises:
        InputError: if a flag is unknown.
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
        # Other runners know flags that Beam does not know here.
        for name in sorted(given.keys() - known.keys()):
            raise InputError(
                f"--{name} is a flag neither of this command nor of Beam: see "
                "--help."
            )
    return options


def is_local(options: PipelineOptions) -> bool:
    """Returns whether the pipeline runs on this machine."""
    return options.view_as(StandardOptions).runner == _LOCAL_RUNNER


def run(
    options: PipelineOptions, corpus: LabelCorpus, photos: int | None
) -> dict[str, int]:
    """Labels a corpus, and restarts when a worker of this machine is killed.

    Args:
        options: options of Beam.
        corpus: the pipeline.
        photos: number of photos, for the progress bar; None if unknown.

    Returns:
        The counters of the last run.

    Raises:
        InputError: if a worker fails for a reason that the user can fix, or
            workers are killed again and again.
    """
    if not is_local(options):
        return _run_once(options, corpus)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with _progress(corpus, photos) as bar:
        for attempt in range(1, _MAX_RUNS + 1):
            with quiet_libraries():
                counters = _run_watched(options, corpus)
            if counters:
                return counters
            message = f"A worker was killed in run {attempt} of {_MAX_RUNS}."
            bar.write(message, file=bar.fp)
    raise InputError(
        "Workers are killed again and again, perhaps because memory runs out: "
        "give fewer --direct_num_workers or a smaller --longest_side. Photos "
        "that are labeled stay labeled."
    )


def _run_watched(
    options: PipelineOptions, corpus: LabelCorpus
) -> dict[str, int] | None:
    """Returns the counters, or None if a worker was killed."""
    with _killed_workers() as killed:
        try:
            return _run_once(options, corpus)
        except RuntimeError as error:
            if killed.wait(_SECONDS_TO_END):
                return None
            raise _explained(error) from error


def _run_once(options: PipelineOptions, corpus: LabelCorpus) -> dict[str, int]:
    pipeline = beam.Pipeline(options=options)
    # A transform can be part of one pipeline only.
    _ = pipeline | dataclasses.replace(corpus)
    result = pipeline.run()
    result.wait_until_finish()
    return read_counters(result)


@contextlib.contextmanager
def _killed_workers() -> Iterator[threading.Event]:
    """Yields an event that is set when a local worker is killed."""
    killed = threading.Event()
    hook_before = threading.excepthook

    def notice(failure: threading.ExceptHookArgs) -> None:
        if failure.thread and failure.thread.name == _WAITING_THREAD:
            killed.set()
        hook_before(failure)

    threading.excepthook = notice
    try:
        yield killed
    finally:
        threading.excepthook = hook_before


def _explained(error: RuntimeError) -> Exception:
    """Returns an `InputError` if the user can fix it, else the error itself."""
    lines = str(error).strip().splitlines()
    match = re.fullmatch(_FIXABLE, lines[-1]) if lines else None
    if match is None:
        return error
    return InputError(
        f"A worker stopped: {match[1]}. Fix that and run the same command "
        "again; photos that are labeled stay labeled."
    )


@contextlib.contextmanager
def _progress(corpus: LabelCorpus, photos: int | None) -> Iterator[tqdm.tqdm]:
    """Shows a progress bar that counts the files of labels."""
    pattern = FileSystems.join(corpus.output_dir, LABELS_FOLDER, "*")
    done = threading.Event()
    # A copy of stderr, which `quiet_libraries` does not redirect.
    with (
        open(os.dup(sys.stderr.fileno()), "w") as terminal,
        tqdm.tqdm(None, "Labeling", photos, unit="file", file=terminal) as bar,
    ):

        def look() -> None:
            while not done.wait(_SECONDS_A_LOOK):
                # A remote folder may be unreachable for a moment.
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
