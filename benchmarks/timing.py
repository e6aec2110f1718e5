"""Fair timing: taking turns, medians, quartiles."""

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
    things: Mapping[Key, Callable[[], Sample]],
    repeats: int,
    seconds: float,
    title: str,
) -> dict[Key, list[Sample]]:
    """Runs things in turns, a b c a b c, so that all see the same machine.

    A first run of each warms up and does not count. Later ones are as many as
    fit into the time, `repeats` at most; of what fits not even once, the
    first run is the one that counts.

    Args:
        things: what to run, by name; each gives a sample.
        repeats: most samples of a thing.
        seconds: time for the samples of a thing, the first run not counted.
        title: says on the progress bar what goes on.

    Returns:
        The samples of each thing, at least one.
    """
    first, turns = {}, {}
    with tqdm.tqdm(total=len(things), desc=title, file=sys.stderr) as bar:
        for name, thing in things.items():
            start = time.perf_counter()
            first[name] = thing()
            took = time.perf_counter() - start
            turns[name] = int(min(repeats, seconds // took))
            bar.update()
        bar.total += sum(turns.values())
        samples: dict[Key, list[Sample]] = {name: [] for name in things}
        for turn in range(repeats):
            for name, thing in things.items():
                if turn < turns[name]:
                    samples[name].append(thing())
                    bar.update()
    return {name: samples[name] or [first[name]] for name in things}


def seconds_of(function: Callable[[], object]) -> float:
    """How long a call takes, an accelerator's part included."""
    tf.test.experimental.sync_devices()
    start = time.perf_counter()
    function()
    tf.test.experimental.sync_devices()
    return time.perf_counter() - start


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and quartiles, and of how many runs."""
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    return {
        "median": median,
        "lower_quartile": lower,
        "upper_quartile": upper,
        "runs": len(values),
    }
