"""Fair timing: measured functions take turns; medians and quartiles."""

import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import tensorflow as tf
import tqdm

Key = TypeVar("Key", bound=Hashable)
Sample = TypeVar("Sample")


def interleave(
    functions: Mapping[Key, Callable[[], Sample]],
    repeats: int,
    seconds: float,
    title: str,
) -> dict[Key, list[Sample]]:
    """Runs functions in turns, a b c a b c.

    Changes in the speed of the machine then affect all of them alike. The
    first run of each is a warm-up that is not counted, unless a second run
    does not fit into the time.

    Args:
        functions: what to run, by name; each returns a sample.
        repeats: maximum number of samples of each.
        seconds: time for the samples of each, without the first run.
        title: text on the progress bar.

    Returns:
        The samples of each function, at least one.
    """
    first, turns = {}, {}
    with tqdm.tqdm(total=len(functions), desc=title, file=sys.stderr) as bar:
        for name, function in functions.items():
            start = time.perf_counter()
            first[name] = function()
            duration = time.perf_counter() - start
            turns[name] = int(min(repeats, seconds // duration))
            bar.update()
        bar.total += sum(turns.values())
        samples: dict[Key, list[Sample]] = {name: [] for name in functions}
        for turn in range(repeats):
            for name, function in functions.items():
                if turn < turns[name]:
                    samples[name].append(function())
                    bar.update()
    return {name: samples[name] or [first[name]] for name in functions}


def seconds_of(function: Callable[[], object]) -> float:
    """Duration of a call, including the work of an accelerator."""
    tf.test.experimental.sync_devices()
    start = time.perf_counter()
    function()
    tf.test.experimental.sync_devices()
    return time.perf_counter() - start


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, quartiles and number of the runs."""
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    return {
        "median": median,
        "lower_quartile": lower,
        "upper_quartile": upper,
        "runs": len(values),
    }
