"""How long two processes take to add up their gradients."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import tqdm
from matplotlib.figure import Figure

from benchmarks.report import plot_spreads
from keras_rcnn.evaluation.speed.tables import number, quartiles
from keras_rcnn.evaluation.speed.timing import spread

# From a single number to ten times the gradients of rCNN2 for 8 classes.
COUNTS = (1, 1_000, 10_000, 98_083, 300_000, 1_000_000)


def measure(repeats: int = 50) -> list[dict[str, Any]]:
    """Times sums over two workers on this machine, as in training.

    Args:
        repeats: number of sums of each size.

    Returns:
        A row for each size.
    """
    addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]
    first, second = (_start(addresses, index, repeats) for index in range(2))
    with first, second:
        lines = tqdm.tqdm(
            first.stdout, "allreduce", len(COUNTS), unit="size", file=sys.stderr
        )
        times = [json.loads(line) for line in lines]
    if first.returncode or second.returncode:
        raise RuntimeError("a worker failed; run it by hand to see why")
    return [
        {"numbers": count, "seconds": spread(seconds)}
        for count, seconds in zip(COUNTS, times, strict=True)
    ]


def _start(
    addresses: list[str], index: int, repeats: int
) -> subprocess.Popen[str]:
    task = {"counts": COUNTS, "repeats": repeats}
    cluster = {
        "cluster": {"worker": addresses},
        "task": {"type": "worker", "index": index},
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "benchmarks.allreduce_worker"),
            json.dumps(task),
        ],
        stdout=subprocess.DEVNULL if index else subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"TF_CONFIG": json.dumps(cluster)},
    )


def fit(rows: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Seconds per message and bytes per second, by relative least squares.

    A ring of two workers takes two messages of half the bytes: `2 (alpha +
    bytes / 2 / beta)`.
    """
    sizes = np.array([4.0 * row["numbers"] for row in rows])
    seconds = np.array([row["seconds"]["median"] for row in rows])
    terms = np.stack([np.full_like(sizes, 2.0), sizes], axis=1)
    (alpha, per_byte), *_ = np.linalg.lstsq(
        terms / seconds[:, np.newaxis], np.ones_like(seconds)
    )
    return float(alpha), float(1 / per_byte)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that are not in use."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


COLUMNS = {
    "numbers": lambda row: f"{row['numbers']:,}",
    "ms": lambda row: quartiles(row["seconds"], 1e3),
    "MB/s": lambda row: number(
        4e-6 * row["numbers"] / row["seconds"]["median"]
    ),
}
NOTES = """\
float32, summed over two processes by TensorFlow's collectives."""


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Milliseconds over size, and the fitted line."""
    figure = Figure(figsize=(6, 4), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    sizes = [4 * row["numbers"] for row in rows]
    spreads = [row["seconds"] for row in rows]
    plot_spreads(axes, sizes, spreads, "measured", factor=1e3)
    alpha, beta = fit(rows)
    axes.plot(
        sizes,
        [1e3 * (2 * alpha + size / beta) for size in sizes],
        "--",
        label=f"{1e3 * alpha:.2f} ms a message, {beta / 1e6:.0f} MB/s",
    )
    axes.set(xscale="log", yscale="log", xlabel="bytes", ylabel="ms")
    axes.legend()
    return figure
