"""Slow, large and lost clients, and the end of a server."""

import asyncio
import concurrent.futures
import contextlib
import signal
import socket
import threading
import time

import grpc
import numpy as np
import pytest
import requests
from grpc_health.v1 import health_pb2, health_pb2_grpc

pytest.importorskip("kserve")
import uvicorn

from benchmarks import attacks
from benchmarks.serve_program import ServeProgram
from keras_rcnn.serving.ending_server import EndingServer
from keras_rcnn.serving.kserve_protocol import ImpatientProtocol
from keras_rcnn.serving.kserve_request_limit import RequestLimit
from keras_rcnn.serving.kserve_work_limit import Work, WorkLimit
from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.served_model import ServedModel

pytestmark = pytest.mark.extras(name="kserve")
MAX_BYTES = 2**20
PLACES = 64


class SmallServer:
    """The web server with its limits around an application that echoes.

    Args:
        max_seconds: for a body.
        holds: whether answers wait until `release` is set.
    """

    def __init__(self, max_seconds=60.0, holds=False):
        self.release = threading.Event()
        if not holds:
            self.release.set()
        self.log = []
        self.cancelled = threading.Event()
        self.ended = threading.Event()
        self.work = Work()
        app = RequestLimit(
            WorkLimit(self.answer, PLACES, self.work),
            MAX_BYTES,
            max_seconds,
            self.log.append,
        )
        config = uvicorn.Config(
            app,
            http=ImpatientProtocol,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self.server = EndingServer(config, self.work, 60.0, self.ended.set)
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.url = "http://{}:{}".format(*self.socket.getsockname())
        self.thread = threading.Thread(
            target=lambda: asyncio.run(self.server.serve(sockets=[self.socket]))
        )

    async def answer(self, scope, receive, send):
        message = await receive()
        assert not message["more_body"]
        try:
            while scope["method"] == "POST" and not self.release.is_set():
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        head = {"type": "http.response.start", "status": 200, "headers": []}
        await send(head)
        await send({"type": "http.response.body", "body": message["body"]})

    def connect(self, *parts):
        connection = socket.create_connection(self.socket.getsockname())
        for part in parts:
            connection.sendall(part)
        return connection

    def post(self, content=b"x"):
        return requests.post(f"{self.url}/m:predict", content, timeout=60)

    def __enter__(self):
        self.thread.start()
        return self

    def wait_for(self, number):
        """Waits until so many requests are computed or wait."""
        deadline = time.monotonic() + 60
        while self.work.waiting < number and time.monotonic() < deadline:
            time.sleep(0.01)

    def __exit__(self, *_):
        self.release.set()
        self.server.should_exit = True
        self.thread.join()


def upload(size, *sent):
    head = f"POST /m:predict HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n"
    return head.encode(), b"\r\n", *sent


def answer_of(connection):
    """Everything until the server closes the connection."""
    connection.settimeout(60)
    content = b""
    with connection, contextlib.suppress(ConnectionResetError):
        while part := connection.recv(4096):
            content += part
    return content


def test_a_head_is_bounded():
    with SmallServer() as small:
        head = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 100_000
        assert b" 400 " in answer_of(small.connect(head))
        assert small.post().status_code == 200


@pytest.mark.parametrize("sent", [(), (b"GET / HT",), (b"GET / HT", b"TP")])
def test_a_head_has_a_time_limit_that_bytes_do_not_extend(monkeypatch, sent):
    monkeypatch.setattr(ImpatientProtocol, "head_seconds", 0.3)
    with SmallServer() as small:
        connection = small.connect(*sent)
        start = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() < start + 30 and sent:
                connection.sendall(b"x")
                time.sleep(0.05)
        assert time.monotonic() - start < 30
        assert not answer_of(connection)


def test_a_body_has_a_time_limit_that_bytes_do_not_extend():
    with SmallServer(max_seconds=0.3) as small:
        connection = small.connect(*upload(1000))
        for _ in range(3):
            connection.sendall(b"x")
            time.sleep(0.05)
        assert b" 408 " in answer_of(connection)


def test_slow_clients_take_no_place():
    """Of 64 whose requests are not whole, and 8 good clients."""
    with SmallServer() as small, contextlib.ExitStack() as stack:
        for _ in range(PLACES):
            stack.enter_context(small.connect(*upload(9, b"x")))
        for _ in range(8):
            assert small.post().status_code == 200


def test_places_are_bounded_and_health_goes_on():
    with (
        SmallServer(holds=True) as small,
        concurrent.futures.ThreadPoolExecutor(80) as pool,
    ):
        asked = {pool.submit(small.post) for _ in range(PLACES)}
        small.wait_for(PLACES)
        refused = [small.post() for _ in range(3)]
        assert requests.get(f"{small.url}/health").status_code == 200
        small.release.set()
        assert {each.result().status_code for each in asked} == {200}
        for answer in refused:
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "5"
            assert answer.json()["error"].startswith("64 requests are waiting")


@pytest.mark.parametrize(
    "content", [b"[" * 1_200_000, b"[" + b"[]," * 1_200_000, b"1," * 4_000_000]
)
def test_json_is_counted_before_it_is_read(monkeypatch, content):
    monkeypatch.setattr(f"{__name__}.MAX_BYTES", 2**25)
    with SmallServer() as small:
        answer = small.post(content)
    assert answer.status_code == 413
    assert "send photos as files" in answer.json()["error"]


def test_work_is_given_up_when_its_client_has_left():
    with SmallServer(holds=True) as small:
        connection = small.connect(*upload(1, b"x"))
        small.wait_for(1)
        connection.close()
        assert small.cancelled.wait(20)
    assert small.log == ["A client left before its request was answered."]


def test_a_client_that_leaves_early_is_one_line():
    with SmallServer() as small:
        small.connect(*upload(9, b"x")).close()
        deadline = time.monotonic() + 20
        while not small.log and time.monotonic() < deadline:
            time.sleep(0.02)
    assert small.log == ["A client left before its request was answered."]


def test_accepted_requests_are_answered_at_the_end():
    """New ones are refused with 503 meanwhile, and nothing else happens."""
    with (
        SmallServer(holds=True) as small,
        concurrent.futures.ThreadPoolExecutor(80) as pool,
    ):
        accepted = [pool.submit(small.post) for _ in range(32)]
        small.wait_for(32)
        unfinished = small.connect(*upload(9, b"x"))
        small.server.handle_exit(signal.SIGTERM, None)
        assert small.ended.wait(20)
        late = small.post()
        assert late.status_code == 503
        assert "is ending" in late.json()["error"]
        small.release.set()
        assert {each.result().status_code for each in accepted} == {200}
        assert b" 500 " not in answer_of(unfinished)


def test_health_of_grpc(server):
    for address in (server.grpc, server.kserve_grpc):
        with grpc.insecure_channel(address) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            for name in ("", "scene_parser"):
                request = health_pb2.HealthCheckRequest(service=name)
                answer = stub.Check(request, timeout=20)
                assert answer.status == health_pb2.HealthCheckResponse.SERVING


@pytest.fixture(scope="module")
def served(saved_model):
    return ServedModel(saved_model, max_megapixels=0.005)


def test_the_pixels_of_a_request_are_bounded_in_sum(served, files):
    inputs = {"image_bytes": np.array(files, object)}
    with pytest.raises(RequestError, match=r"0\.0 megapixels: send") as error:
        served.predict("image_bytes", inputs)
    assert error.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
    with pytest.raises(RequestError, match=r"send at most 0\.005 in"):
        served.predict("", {"images": np.zeros((2, 60, 50, 3), np.uint8)})


def test_large_files_are_labeled_one_by_one(files, monkeypatch, served):
    inputs = {"image_bytes": np.array(files, object)}
    served._max_megapixels = 50
    whole = served.predict("image_bytes", inputs)
    monkeypatch.setattr("keras_rcnn.serving.served_model._PIXELS_AT_ONCE", 1)
    parts = served.predict("image_bytes", inputs)
    assert parts.keys() == whole.keys()
    for name, array in whole.items():
        np.testing.assert_array_equal(parts[name], array)
    inputs["image_bytes"][1] = files[1][:-300]
    with pytest.raises(RequestError, match=r"image_bytes\[1\]"):
        served.predict("image_bytes", inputs)
    served._max_megapixels = 0.005


@pytest.mark.slow
def test_1024_requests_under_sigterm(saved_model, files):
    """Every answer is the labels or a refusal; nothing fails inside."""
    server = ServeProgram(saved_model, "--grace_seconds=60")
    statuses = attacks.end_among_requests(server, files[0])
    assert statuses.total() == 1024
    assert statuses[200] >= 50
    assert statuses.keys() <= {200, 503}


@pytest.mark.slow
def test_64_slow_clients_at_each_port_shut_nobody_out(server, files):
    name = "64 slow clients at each port"
    assert attacks.measure(server, name, files[0])["good"] == "8 of 8"
