"""Throughput and waiting times of a server with 1 to 32 clients."""

import concurrent.futures
import functools
import importlib.util
import io
import pathlib
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tqdm
from matplotlib.figure import Figure
from PIL import Image

from benchmarks.serve_program import ServeProgram
from keras_rcnn.evaluation.speed import networks
from keras_rcnn.evaluation.speed.tables import number
from keras_rcnn.serving import GrpcClient, RestClient
from keras_rcnn.serving.request_error import RequestError

CLIENTS = (1, 2, 4, 8, 16, 32)
# Of the run with many requests, which shows whether memory grows.
LONG_RUN_CLIENTS = 8
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
Client = GrpcClient | RestClient


def measure(
    model: str | None = None,
    sizes: Sequence[tuple[int, int]] = ((240, 320),),
    resolutions: Sequence[int] = (8,),
    seconds: float = 20.0,
    requests: int = 2000,
) -> list[dict[str, Any]]:
    """Measures more and more clients at a time, and a run of many requests.

    Each client sends a photo as soon as it has the labels of the one before.
    gRPC sends pixels, REST a JPEG file.

    Args:
        model: SavedModel folder; a shipped network by default.
        sizes: height and width of the photos, in pixels.
        resolutions: pixels from one computed label to the next, for gRPC; REST
            uses the default of the model.
        seconds: time for each number of clients.
        requests: number of requests of the run that shows whether the memory of
            the server grows.

    Returns:
        A row for each protocol and number of clients.
    """
    folder = pathlib.Path(model or networks.shipped_folder()).expanduser()
    server = ServeProgram(folder)
    try:
        rows = []
        for size in sizes:
            for resolution in resolutions:
                rows += _measure_grpc(
                    server, size, resolution, seconds, requests
                )
            if importlib.util.find_spec("kserve"):
                rows += _measure_rest(server, size, seconds)
        return rows
    finally:
        server.stop()


def _measure_grpc(
    server: ServeProgram,
    size: tuple[int, int],
    resolution: int,
    seconds: float,
    requests: int,
) -> list[dict[str, Any]]:
    photo = _photo(size)[np.newaxis]
    signature = f"resolution_{resolution}"

    def ask(client: Client) -> None:
        client.predict(signature, images=photo)

    connect = functools.partial(GrpcClient, server.grpc)
    title = f"gRPC, 1/{resolution}"
    rows = [
        _run(title, server, connect, ask, count, seconds) for count in CLIENTS
    ]
    rows.append(
        _run(title, server, connect, ask, LONG_RUN_CLIENTS, None, requests)
    )
    return [row | {"height": size[0], "width": size[1]} for row in rows]


def _measure_rest(
    server: ServeProgram, size: tuple[int, int], seconds: float
) -> list[dict[str, Any]]:
    file = io.BytesIO()
    Image.fromarray(_photo(size)).save(file, "JPEG")

    def ask(client: Client) -> None:
        client.label([file.getvalue()])

    connect = functools.partial(RestClient, server.url)
    rows = [
        _run("REST, a file", server, connect, ask, count, seconds)
        for count in CLIENTS
    ]
    return [row | {"height": size[0], "width": size[1]} for row in rows]


def _photo(size: tuple[int, int]) -> np.ndarray:
    """A photo of noise, which takes as long as any other."""
    return np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)


def _run(
    title: str,
    server: ServeProgram,
    connect: Callable[[], Client],
    ask: Callable[[Client], None],
    clients: int,
    seconds: float | None,
    requests: int | None = None,
) -> dict[str, Any]:
    """Sends requests for a time, or up to a number of requests."""
    times: list[float] = []
    failed: list[str] = []
    lock = threading.Lock()
    start = time.perf_counter()
    bar = tqdm.tqdm(
        desc=f"{title}, {clients} client(s)",
        total=100,
        bar_format="{l_bar}{bar}| {elapsed}<{remaining}",
        file=sys.stderr,
    )
    memory: list[float] = []

    def percent() -> float:
        if requests:
            return min(100.0, 100 * len(times) / requests)
        spent = time.perf_counter() - start
        return min(100.0, 100 * spent / seconds) if seconds else 100.0

    def work() -> None:
        with connect() as client:
            while percent() < 100:
                began = time.perf_counter()
                try:
                    ask(client)
                except RequestError as error:
                    failed.append(str(error))
                with lock:
                    times.append(time.perf_counter() - began)
                    bar.update(percent() - bar.n)
                    if len(times) in (clients, (requests or 0) // 10):
                        memory.append(server.megabytes)

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        for worker in [pool.submit(work) for _ in range(clients)]:
            worker.result()
    bar.close()
    return {
        "protocol": title,
        "clients": clients,
        "failed": len(failed),
        **_speed(times, time.perf_counter() - start),
        "server_megabytes": server.megabytes,
        "grown_megabytes": server.megabytes - memory[-1] if memory else None,
    }


def _speed(times: Sequence[float], seconds: float) -> dict[str, float]:
    """Throughput and quantiles of the durations of requests.

    Args:
        times: seconds of each request.
        seconds: duration of the whole run.
    """
    return {
        "requests": len(times),
        "photos_per_second": len(times) / seconds,
        **{
            f"{name}_milliseconds": 1e3 * float(np.quantile(times, quantile))
            for name, quantile in QUANTILES.items()
        },
    }


COLUMNS = {
    "protocol": lambda row: row["protocol"],
    "photo": lambda row: f"{row['height']}x{row['width']}",
    "clients": lambda row: str(row["clients"]),
    "requests": lambda row: str(row["requests"]),
    "failed": lambda row: str(row["failed"]),
    "photos/s": lambda row: number(row["photos_per_second"]),
    "p50 ms": lambda row: number(row["p50_milliseconds"]),
    "p95 ms": lambda row: number(row["p95_milliseconds"]),
    "p99 ms": lambda row: number(row["p99_milliseconds"]),
    "server MB": lambda row: number(row["server_megabytes"]),
    "grown MB": lambda row: number(row["grown_megabytes"]),
}
NOTES = """\
Clients and server share the processors of this machine. A client sends the next
request as soon as it has the answer. grown: growth of the server's memory, in
the last row after the first tenth of the requests, in other rows after the
first request of each client."""


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Photos a second and waiting times over the number of clients."""
    figure = Figure(figsize=(9, 4), dpi=120, layout="constrained")
    left, right = figure.subplots(1, 2)
    for title in dict.fromkeys(row["protocol"] for row in rows):
        # The line leaves out the run of many requests.
        line = [row for row in rows if row["protocol"] == title][: len(CLIENTS)]
        clients = [row["clients"] for row in line]
        left.plot(
            clients,
            [row["photos_per_second"] for row in line],
            marker="o",
            label=title,
        )
        for name, style in zip(QUANTILES, ("-", "--", ":"), strict=True):
            right.plot(
                clients,
                [row[f"{name}_milliseconds"] for row in line],
                style,
                marker=".",
                label=f"{title}, {name}",
            )
    for axes, title in ((left, "photos a second"), (right, "milliseconds")):
        axes.set_xscale("log", base=2)
        axes.set_xticks(CLIENTS, [str(count) for count in CLIENTS])
        axes.set_xlabel("clients")
        axes.set_ylabel(title)
        axes.legend(fontsize=7)
    left.set_ylim(bottom=0)
    right.set_yscale("log")
    return figure
