r"""Attacks a server on this machine and measures what others notice.

    python -m benchmarks.attacks --model=saved_models/rcnn2_stanford_background

For each attack: how many of 8 good clients get their labels meanwhile, the
slowest answer of `/v2/health/live` and `/metrics`, the peak memory of the
server, and how long the processor works on after the attackers have left. The
last line is 1,024 requests of 64 clients with SIGTERM among them. Needs the
extra `kserve`, and about five minutes on two cores.
"""

import base64
import collections
import concurrent.futures
import contextlib
import io
import json
import pathlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import numpy as np
import requests
from PIL import Image

from benchmarks.serve_program import ServeProgram
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.evaluation.speed.tables import number, text_table
from keras_rcnn.serving import RestClient
from keras_rcnn.serving.request_error import RequestError

FLAGS = Flags()
FLAGS.add_string("model", None, "SavedModel folder.", required=True)
SLOW_CLIENTS = 64
GOOD_CLIENTS = 8
ATTACKERS = 8
ATTACK_SECONDS = 20.0
METHODS = {
    "grpc": "/tensorflow.serving.PredictionService/Predict",
    "kserve_grpc": "/inference.GRPCInferenceService/ModelInfer",
}
PREDICT = "/v1/models/scene_parser:predict"
HEAD = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\n"


def slow_clients(server: ServeProgram, stack: contextlib.ExitStack) -> None:
    """64 at each port send the head of a request and one byte, or nothing."""
    for _ in range(SLOW_CLIENTS):
        connection = stack.enter_context(_connection(server))
        connection.sendall(f"{HEAD}Content-Length: 9\r\n\r\nx".encode())
    for port, method in METHODS.items():
        channel = grpc.insecure_channel(getattr(server, port))
        call = stack.enter_context(channel).stream_unary(method)
        for _ in range(SLOW_CLIENTS):
            stack.callback(call.future(_never()).cancel)


def long_heads(server: ServeProgram, stack: contextlib.ExitStack) -> None:
    """Each sends a header of up to 400 MB."""
    for _ in range(ATTACKERS):
        connection = stack.enter_context(_connection(server))
        with contextlib.suppress(OSError):
            connection.sendall(f"{HEAD}X: ".encode())
            for _ in range(400):
                connection.sendall(b"x" * 2**20)


def empty_lists(server: ServeProgram, stack: contextlib.ExitStack) -> None:
    """Each sends 30 MB of JSON that would become 10,000,000 lists."""
    content = b'{"instances": [' + b"[]," * 10_000_000 + b"[]]}"
    _post_all(server, content)


def many_pixels(server: ServeProgram, stack: contextlib.ExitStack) -> None:
    """Each sends a photo of 24 megapixels in 24 KB and leaves early."""
    file = io.BytesIO()
    Image.new("L", (6000, 4000)).save(file, "PNG", compress_level=9)
    rows = [{"b64": base64.b64encode(file.getvalue()).decode()}]
    question = {"signature_name": "image_bytes", "instances": rows}
    content = json.dumps(question).encode()
    with contextlib.suppress(requests.RequestException):
        _post_all(server, content)


ATTACKS: dict[str, Callable[[ServeProgram, contextlib.ExitStack], None]] = {
    "none": lambda server, stack: None,
    "64 slow clients at each port": slow_clients,
    "8 heads of 400 MB": long_heads,
    "8 times 30 MB of empty lists": empty_lists,
    "8 photos of 24 megapixels, clients leave": many_pixels,
}


def _never() -> Iterator[bytes]:
    threading.Event().wait(600)
    yield b""


def _connection(server: ServeProgram) -> socket.socket:
    host, port = server.url.removeprefix("http://").rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=60)


def _post_all(server: ServeProgram, content: bytes) -> None:
    def post(_: int) -> int:
        url = server.url + PREDICT
        return requests.post(url, content, timeout=ATTACK_SECONDS).status_code

    with concurrent.futures.ThreadPoolExecutor(ATTACKERS) as pool:
        list(pool.map(post, range(ATTACKERS)))


class Watch:
    """Asks for health and metrics all the time, and looks at the memory."""

    def __init__(self, server: ServeProgram) -> None:
        self.slowest = self.megabytes = 0.0
        self._server = server
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._ends.wait(0.1):
            for path in ("/v2/health/live", "/metrics"):
                start = time.perf_counter()
                requests.get(self._server.url + path, timeout=60)
                seconds = time.perf_counter() - start
                self.slowest = max(self.slowest, seconds)
            self.megabytes = max(self.megabytes, self._server.megabytes)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._ends.set()
        self._thread.join()


def ask(server: ServeProgram, file: bytes) -> int:
    """Asks for the labels of a photo; returns the status of the answer."""
    try:
        with RestClient(server.url) as client:
            client.label([file])
    except RequestError as error:
        return error.http_status
    return 200


def measure(server: ServeProgram, name: str, file: bytes) -> dict[str, Any]:
    """Attacks a server.

    Args:
        server: that runs.
        name: of the attack.
        file: a small photo, for the good clients.
    """
    with contextlib.ExitStack() as stack, Watch(server) as watch:
        pool = stack.enter_context(
            concurrent.futures.ThreadPoolExecutor(GOOD_CLIENTS + 1)
        )
        attack = pool.submit(ATTACKS[name], server, stack)
        used: list[float] = []
        attack.add_done_callback(lambda _: used.append(server.cpu_seconds))
        # Good clients come after the attackers, not before.
        time.sleep(2)
        start = time.perf_counter()
        good = [pool.submit(ask, server, file) for _ in range(GOOD_CLIENTS)]
        statuses = [each.result() for each in good]
        seconds = time.perf_counter() - start
        attack.result()
        _wait_until_idle(server)
    return {
        "attack": name,
        "good": f"{statuses.count(200)} of {GOOD_CLIENTS}",
        "good_seconds": seconds,
        "health_seconds": watch.slowest,
        "megabytes": watch.megabytes,
        "seconds_after": server.cpu_seconds - used[0],
    }


def _wait_until_idle(server: ServeProgram) -> None:
    used = -1.0
    while server.cpu_seconds > used + 0.1:
        used = server.cpu_seconds
        time.sleep(1)


def end_among_requests(
    server: ServeProgram, file: bytes, number: int = 1024, after: int = 50
) -> collections.Counter[int]:
    """Sends SIGTERM to a server among requests; counts their statuses.

    503 counts requests that find no server, too.

    Args:
        server: that runs.
        file: of a photo.
        number: of requests, of 64 clients at a time.
        after: number of answers before the signal.
    """
    statuses: collections.Counter[int] = collections.Counter()

    def count(_: int) -> None:
        statuses[ask(server, file)] += 1

    with concurrent.futures.ThreadPoolExecutor(SLOW_CLIENTS) as pool:
        asked = [pool.submit(count, index) for index in range(number)]
        while statuses[200] < after:
            time.sleep(0.01)
        if server.stop() or "Traceback" in server.said:
            raise RuntimeError(f"The server failed: {server.said}")
        for each in asked:
            each.result()
    return statuses


COLUMNS: dict[str, Callable[[dict[str, Any]], str]] = {
    "attack": lambda row: row["attack"],
    "good clients answered": lambda row: row["good"],
    "within s": lambda row: number(row["good_seconds"]),
    "health, slowest s": lambda row: number(row["health_seconds"]),
    "peak MB": lambda row: number(row["megabytes"]),
    "CPU s after": lambda row: number(row["seconds_after"]),
}


def photo(height: int, width: int) -> bytes:
    """A JPEG file of noise."""
    pixels = np.random.default_rng(0).integers(
        0, 256, (height, width, 3), np.uint8
    )
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def main() -> None:
    """Measures and prints."""
    file = photo(120, 160)
    server = ServeProgram(pathlib.Path(FLAGS.model), "--grace_seconds=60")
    ask(server, file)
    rows = [measure(server, name, file) for name in ATTACKS]
    print(text_table(rows, COLUMNS))
    statuses = end_among_requests(server, file)
    print(f"1,024 requests and SIGTERM: {dict(statuses)}")


if __name__ == "__main__":
    name = "python -m benchmarks.attacks"
    sys.exit(runner.run(sys.modules[__name__], [name, *sys.argv[1:]]))
