"""How long two processes take to add up their gradients."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tqdm
from matplotlib.figure import Figure

from benchmarks.report import new_figure, plot_rows
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
            *(sys.executable, "-m", "benchmarks.allreduce"),
            json.dumps(task),
        ],
        stdout=subprocess.DEVNULL if index else subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"TF_CONFIG": json.dumps(cluster)},
    )


def work(counts: list[int], repeats: int) -> None:
    """Adds up numbers as a worker; prints the seconds, a line for each size."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()

    @tf.function(autograph=False, reduce_retracing=True)
    def add_up(values: tf.Tensor) -> tf.Tensor:
        def all_reduce(value: tf.Tensor) -> tf.Tensor:
            replica = tf.distribute.get_replica_context()
            # `all_reduce` needs a tensor that lies on a device.
            return replica.all_reduce("SUM", tf.identity(value))

        return strategy.run(all_reduce, (values,))

    for count in counts:
        values = tf.zeros(count)
        add_up(values)
        taken = []
        for _ in range(repeats):
            start = time.perf_counter()
            add_up(values).numpy()
            taken.append(time.perf_counter() - start)
        print(json.dumps(taken), flush=True)


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
    figure, (axes,) = new_figure(6, 4)
    plot_rows(
        axes,
        rows,
        label=lambda row: "measured",
        x=lambda row: 4 * row["numbers"],
        y="seconds",
        factor=1e3,
        xscale="log",
        yscale="log",
        xlabel="bytes",
        ylabel="ms",
    )
    alpha, beta = fit(rows)
    sizes = [4 * row["numbers"] for row in rows]
    axes.plot(
        sizes,
        [1e3 * (2 * alpha + size / beta) for size in sizes],
        "--",
        label=f"{1e3 * alpha:.2f} ms a message, {beta / 1e6:.0f} MB/s",
    )
    axes.legend()
    return figure


if __name__ == "__main__":
    work(**json.loads(sys.argv[1]))
