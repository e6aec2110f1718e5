"""Throughput and waiting times of a server with 1 to 32 clients."""

import concurrent.futures
import functools
import importlib.util
import io
import operator
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tqdm
from matplotlib.figure import Figure
from PIL import Image

from benchmarks.report import new_figure, plot_rows
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
    server = ServeProgram(networks.folder(model))
    try:
        runs = [
            (size, load, clients, num_requests)
            for size in sizes
            for load in _loads(server, size, resolutions)
            for clients, num_requests in (
                *((clients, None) for clients in CLIENTS),
                *([(LONG_RUN_CLIENTS, requests)] if load.long_run else []),
            )
        ]
        return [
            {
                **_run(server, load, clients, seconds, num_requests),
                "height": size[0],
                "width": size[1],
            }
            for size, load, clients, num_requests in tqdm.tqdm(
                runs, "serving", unit="run", file=sys.stderr
            )
        ]
    finally:
        server.stop()


class _Load(NamedTuple):
    """What clients ask the server for."""

    title: str
    connect: Callable[[], Client]
    ask: Callable[[Client], object]
    long_run: bool


def _loads(
    server: ServeProgram, size: tuple[int, int], resolutions: Sequence[int]
) -> Iterator[_Load]:
    """Labels of a photo of noise, which takes as long as any other."""
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    for resolution in resolutions:
        signature = f"resolution_{resolution}"
        yield _Load(
            f"gRPC, 1/{resolution}",
            functools.partial(GrpcClient, server.grpc),
            operator.methodcaller("predict", signature, images=photo[None]),
            long_run=True,
        )
    if importlib.util.find_spec("kserve"):
        file = io.BytesIO()
        Image.fromarray(photo).save(file, "JPEG")
        yield _Load(
            "REST, a file",
            functools.partial(RestClient, server.url),
            operator.methodcaller("label", [file.getvalue()]),
            long_run=False,
        )


def _run(
    server: ServeProgram,
    load: _Load,
    clients: int,
    seconds: float,
    requests: int | None,
) -> dict[str, Any]:
    """Sends requests for a time, or up to a number of requests."""
    times: list[float] = []
    failed: list[str] = []
    memory: list[float] = []
    lock = threading.Lock()
    start = time.perf_counter()

    def goes_on() -> bool:
        if requests:
            return len(times) < requests
        return time.perf_counter() - start < seconds

    def work() -> None:
        with load.connect() as client:
            while goes_on():
                began = time.perf_counter()
                try:
                    load.ask(client)
                except RequestError as error:
                    failed.append(str(error))
                with lock:
                    times.append(time.perf_counter() - began)
                    if len(times) in (clients, (requests or 0) // 10):
                        memory.append(server.megabytes)

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        for worker in [pool.submit(work) for _ in range(clients)]:
            worker.result()
    return {
        "protocol": load.title,
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
    figure, (left, right) = new_figure(9, 4, panels=2)
    # The lines leave out the run of many requests.
    lines: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        lines.setdefault((row["protocol"], row["clients"]), row)
    for axes, key, name, style, unit in (
        (left, "photos_per_second", "", "-o", "photos a second"),
        (right, "p50_milliseconds", ", p50", "-", "milliseconds"),
        (right, "p95_milliseconds", ", p95", "--", "milliseconds"),
        (right, "p99_milliseconds", ", p99", ":", "milliseconds"),
    ):
        plot_rows(
            axes,
            [*lines.values()],
            label=functools.partial(_label, name),
            x=lambda row: row["clients"],
            y=key,
            style=style,
            xlabel="clients",
            ylabel=unit,
        )
        axes.set_xscale("log", base=2)
        axes.set_xticks(CLIENTS, [str(count) for count in CLIENTS])
        axes.legend(fontsize=7)
    left.set_ylim(bottom=0)
    right.set_yscale("log")
    return figure


def _label(name: str, row: Mapping[str, Any]) -> str:
    return row["protocol"] + name
