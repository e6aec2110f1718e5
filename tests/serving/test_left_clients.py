"""The running photo of a client that leaves, and requests that never end."""

import asyncio
import concurrent.futures
import contextlib
import struct
import threading

import grpc
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.serving import GrpcClient, grpc_server
from keras_rcnn.serving.cancellation import Cancellation
from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.served_model import ServedModel

NAME = "scene_parser"
PREDICT = "/tensorflow.serving.PredictionService/Predict"
INFER = "/inference.GRPCInferenceService/ModelInfer"


class Endless(tf.Module):
    """Answers a file named b"endless" never, and others at once."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def image_bytes(self, image_bytes):
        endless = tf.reduce_any(image_bytes == b"endless")
        (turns,) = tf.while_loop(lambda _: endless, lambda i: (i + 1,), (0,))
        return {"label_png_bytes": image_bytes, "turns": turns}


@pytest.fixture(scope="module")
def endless(tmp_path_factory):
    folder = tmp_path_factory.mktemp("endless")
    module = Endless()
    tf.saved_model.save(module, folder, {"image_bytes": module.image_bytes})
    return folder


@pytest.fixture
def served(endless):
    """One that answers a request at a time."""
    return ServedModel(endless, parallel=1)


def files(*names):
    return {"image_bytes": np.array(names, object)}


def answers(served):
    results = served.predict("image_bytes", files(b"a"))
    return results["label_png_bytes"].tolist() == [b"a"]


@contextlib.contextmanager
def running(server):
    try:
        yield server
    finally:
        server.stop(0)


def wait_until_it_runs(served):
    while served._turns._value:
        threading.Event().wait(0.01)


def test_running_work_is_given_up(served):
    cancellation = Cancellation()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        work = pool.submit(
            served.predict, "image_bytes", files(b"endless"), cancellation
        )
        wait_until_it_runs(served)
        cancellation.cancel()
        with pytest.raises(RequestError, match="client has left") as error:
            work.result(60)
    assert error.value.code == grpc.StatusCode.CANCELLED
    assert answers(served)
    with pytest.raises(RequestError, match="client has left"):
        served.predict("image_bytes", files(b"a"), cancellation)


def test_a_function_that_fails_ends_no_later_one():
    @tf.function
    def small(value):
        tf.debugging.assert_less(value, 3)
        return value

    with pytest.raises(tf.errors.InvalidArgumentError):
        small(tf.constant(4))
    assert small(tf.constant(2)) == 2


def test_the_work_of_others_goes_on(endless):
    served = ServedModel(endless, parallel=2)
    first, second = Cancellation(), Cancellation()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        works = [
            pool.submit(served.predict, "image_bytes", files(b"endless"), each)
            for each in (first, second)
        ]
        wait_until_it_runs(served)
        second.cancel()
        done, _ = concurrent.futures.wait(works, 0.3)
        assert works[0] not in done
        first.cancel()
        for work in works:
            with pytest.raises(RequestError):
                work.result(60)


def test_a_client_of_grpc_that_leaves(served, capfd):
    server = grpc_server.GrpcServer(served, NAME, "127.0.0.1:0", 1000)
    address = f"127.0.0.1:{server.port}"
    with running(server), GrpcClient(address, seconds=0.5) as impatient:
        with pytest.raises(RequestError) as error:
            impatient.label([b"endless"])
        assert error.value.code == grpc.StatusCode.DEADLINE_EXCEEDED
        with GrpcClient(address, seconds=60) as client:
            answer = client.predict("image_bytes", **files(b"a"))
    assert answer["label_png_bytes"].tolist() == [b"a"]
    assert "Traceback" not in capfd.readouterr().err


def never():
    """A message that does not come."""
    threading.Event().wait()
    yield b""


@contextlib.contextmanager
def unfinished(address, method, number):
    """So many requests whose head has come."""
    with grpc.insecure_channel(address) as channel:
        call = channel.stream_unary(method)
        yield [call.future(never(), timeout=60) for _ in range(number)]


def test_an_unfinished_request_ends(served, monkeypatch):
    for name in ("CONNECTION_SECONDS", "REQUEST_SECONDS"):
        monkeypatch.setattr(f"keras_rcnn.serving.grpc_limits.{name}", 0.2)
    server = grpc_server.GrpcServer(served, NAME, "127.0.0.1:0", 1000)
    address = f"127.0.0.1:{server.port}"
    with running(server), unfinished(address, PREDICT, 1) as (call,):
        assert call.exception(30).code() == grpc.StatusCode.UNAVAILABLE
        with GrpcClient(address) as client:
            assert client.is_ready()


@pytest.mark.extras(name="kserve")
def test_work_of_kserve_is_given_up(served):
    pytest.importorskip("kserve")
    from keras_rcnn.serving.kserve_model import KServeModel

    model = KServeModel(served, NAME)

    def ask(name):
        return model.predict(
            {"signature_name": "image_bytes", "inputs": [name]}
        )

    async def leave():
        work = asyncio.ensure_future(ask("endless"))
        await asyncio.to_thread(wait_until_it_runs, served)
        work.cancel()
        return await asyncio.wait_for(ask("a"), 60)

    answer = asyncio.run(leave())
    assert answer["outputs"]["label_png_bytes"] == [{"b64": "YQ=="}]


@pytest.mark.extras(name="kserve")
def test_unfinished_requests_take_no_place(server, files):
    """Of 64 whose bodies do not come, and 8 good ones, at each gRPC port."""
    pytest.importorskip("kserve")
    from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb

    request = pb.ModelInferRequest(model_name=NAME)
    request.parameters["signature_name"].string_param = "image_bytes"
    request.inputs.add(name="image_bytes", datatype="BYTES", shape=[1])
    size = struct.pack("<I", len(files[0]))
    request.raw_input_contents.append(size + files[0])
    with (
        unfinished(server.grpc, PREDICT, 64),
        unfinished(server.kserve_grpc, INFER, 64),
        GrpcClient(server.grpc) as client,
        grpc.insecure_channel(server.kserve_grpc) as channel,
    ):
        infer = channel.unary_unary(INFER)
        for _ in range(8):
            assert client.label(files)
            content = infer(request.SerializeToString(), timeout=60)
            assert pb.ModelInferResponse.FromString(content).outputs


@pytest.mark.extras(name="kserve")
def test_places_of_kserves_grpc_are_bounded(served, monkeypatch):
    pytest.importorskip("kserve")
    from keras_rcnn.serving import kserve_servicer

    class Context:
        """Ends a call as that of gRPC does."""

        async def abort(self, code, message):
            raise RequestError(message, code)

    monkeypatch.setattr(kserve_servicer, "MAX_WAITING", 0)
    servicer = kserve_servicer.LimitedServicer(None, None)
    with pytest.raises(RequestError, match="0 requests are waiting") as error:
        asyncio.run(servicer.ModelInfer(None, Context()))
    assert error.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
