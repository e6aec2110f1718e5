"""Requests that went wrong in every way, at each server and signature.

As many as `KERAS_RCNN_FUZZ` says for each server, 300 if it says nothing.
"""

import base64
import collections
import os
import struct

import grpc
import numpy as np
import pytest
import requests
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import predict_pb2

pytest.importorskip("kserve")
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb

pytestmark = [pytest.mark.extras(name="kserve"), pytest.mark.slow]
REQUESTS = int(os.environ.get("KERAS_RCNN_FUZZ", "300"))
MODEL = "scene_parser"
SECONDS = 60
REFUSED = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}
# What gRPC's own layer says of bytes that are no message.
UNREADABLE = "Exception deserializing request"


class Fuzzer:
    """Makes requests, some of them right.

    Args:
        signatures: what can be asked.
        files: JPEG and PNG files.
        seed: of the choices.
    """

    def __init__(self, signatures, files, seed):
        self.rng = np.random.default_rng(seed)
        self.signatures = signatures
        self.files = files

    def choose(self, *things):
        """One of them."""
        return things[self.rng.integers(len(things))]

    def damage(self, content):
        """Bytes cut off, changed, put in, or others altogether."""
        kind = self.choose("cut", "change", "insert", "other", "none", "none")
        at = int(self.rng.integers(len(content) + 1))
        if kind == "cut":
            return content[:at]
        if kind == "insert":
            return content[:at] + self.rng.bytes(9) + content[at:]
        if kind == "other":
            return self.rng.bytes(at)
        changed = bytearray(content)
        if kind == "change":
            for place in self.rng.integers(0, len(content), 3):
                changed[place] = self.rng.integers(256)
        return bytes(changed)

    def array(self):
        """Pixels or files, of some shape and type."""
        if self.rng.random() < 0.5:
            count = self.choose(1, 1, 1, 2, 0)
            found = np.empty(count, object)
            found[:] = [
                self.damage(self.choose(*self.files)) for _ in range(count)
            ]
            return self.choose(found, found, found, found[:, np.newaxis])
        rank = self.choose(4, 4, 4, 4, 4, 3, 5, 1, 0)
        shape = [1, *self.rng.integers(0, 12, 9)][: max(rank - 1, 0)]
        if rank:
            shape.append(self.choose(3, 3, 3, 1, 4))
        kind = self.choose(*[np.uint8] * 5, np.int32, np.float32, np.bool_)
        return self.rng.integers(0, 256, shape).astype(kind)

    def request(self):
        """Name of a signature, and arrays by name."""
        signature = self.choose(*self.signatures, "", "nothing")
        names = "image_bytes" if signature == "image_bytes" else "images"
        if signature == "about" and self.rng.random() < 0.7:
            return signature, {}
        name = self.choose(names, names, names, names, "other", "")
        inputs = {name: self.array()}
        if self.rng.random() < 0.1:
            inputs["more"] = self.array()
        return signature, inputs

    def is_right(self, signature, inputs, answer):
        """Whether TensorFlow gives the same answer in this process."""
        run = self.signatures[signature or "serving_default"]
        truth = run(**{name: tf.constant(x) for name, x in inputs.items()})
        return set(truth) == set(answer) and all(
            # The last bit depends on the number of threads.
            np.allclose(answer[name], value, atol=1e-6)
            if value.dtype == tf.float32
            else np.array_equal(answer[name], value.numpy())
            for name, value in truth.items()
        )


@pytest.fixture
def fuzzer(signatures, files):
    return Fuzzer(signatures, files, seed=REQUESTS)


@pytest.fixture
def check_all(server):
    """Function of what asks: runs it often, watches the server meanwhile."""

    def check(ask):
        outcomes = collections.Counter(ask() for _ in range(REQUESTS // 10))
        before = server.megabytes
        outcomes += collections.Counter(
            ask() for _ in range(REQUESTS - REQUESTS // 10)
        )
        grown = server.megabytes - before
        print(f"{dict(outcomes)}, {before:.0f} MB and {grown:+.0f} MB")
        assert server.process.poll() is None
        assert set(outcomes) == {"right", "refused"}
        assert outcomes["right"] > REQUESTS / 50
        assert grown < 100

    return check


def test_tensorflow_servings_grpc(server, fuzzer, check_all):
    with grpc.insecure_channel(server.grpc) as channel:
        send = channel.unary_unary(
            "/tensorflow.serving.PredictionService/Predict"
        )
        check_all(lambda: ask_tensorflow_serving(send, fuzzer))


def ask_tensorflow_serving(send, fuzzer):
    signature, inputs = fuzzer.request()
    request = predict_pb2.PredictRequest()
    request.model_spec.name = fuzzer.choose(*[MODEL] * 9, "other")
    request.model_spec.signature_name = signature
    for name, array in inputs.items():
        proto = tf.make_tensor_proto(array)
        if fuzzer.rng.random() < 0.1 and proto.tensor_shape.dim:
            # Shapes without the values to fill them.
            dimension = fuzzer.choose(*proto.tensor_shape.dim)
            dimension.size = int(fuzzer.choose(-1, 2**16, 2**40, 2**62))
        if fuzzer.rng.random() < 0.05:
            proto = tensor_pb2.TensorProto(
                dtype=int(fuzzer.rng.integers(0, 30)),
                tensor_shape=proto.tensor_shape,
                int_val=[1],
            )
        request.inputs[name].CopyFrom(proto)
    content = request.SerializeToString()
    if fuzzer.rng.random() < 0.3:
        content = fuzzer.damage(content)
    answer = sent(send, content)
    if isinstance(answer, grpc.RpcError):
        readable = UNREADABLE not in answer.details()
        assert answer.code() in REFUSED or not readable, answer
        return "refused"
    answer = predict_pb2.PredictResponse.FromString(answer)
    # As the server read it, if it was damaged.
    request = predict_pb2.PredictRequest.FromString(content)
    inputs = {k: tf.make_ndarray(v) for k, v in request.inputs.items()}
    outputs = {k: tf.make_ndarray(v) for k, v in answer.outputs.items()}
    signature = request.model_spec.signature_name
    assert fuzzer.is_right(signature, inputs, outputs), request
    return "right"


def sent(send, content):
    """The answer, or the error, which says something."""
    try:
        return send(content, timeout=SECONDS)
    except grpc.RpcError as error:
        answer = error
    assert answer.details()
    return answer


def test_rest_v1(server, fuzzer, check_all):
    with requests.Session() as session:
        url = f"{server.url}/v1/models/{MODEL}:predict"
        check_all(lambda: ask_v1(session, url, fuzzer))


def ask_v1(session, url, fuzzer):
    signature, inputs = fuzzer.request()
    payload = {
        "signature_name": fuzzer.choose(*[signature] * 9, 3, None),
        fuzzer.choose("inputs", "inputs", "inputs", "instances", "x"): {
            name: as_json(array) for name, array in inputs.items()
        },
    }
    status, answer = post(session, url, payload, fuzzer)
    if status != 200:
        return "refused"
    found = answer["outputs"]
    if not isinstance(found, dict):
        return "right"
    # Its numbers have no type.
    truth = fuzzer.signatures[signature or "serving_default"](
        **{
            name: tf.constant(
                array if array.dtype == object else array.astype(np.uint8)
            )
            for name, array in inputs.items()
        }
    )
    name = "label_png_bytes" if "label_png_bytes" in truth else None
    for key, value in truth.items():
        if key == name:
            pngs = [base64.b64decode(x["b64"]) for x in found[key]]
            assert pngs == value.numpy().tolist()
        elif value.dtype != tf.string:
            np.testing.assert_allclose(found[key], value.numpy(), atol=1e-6)
    return "right"


def as_json(value):
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return value


def post(session, url, payload, fuzzer):
    """Status and answer, sent as it is or damaged."""
    content = requests.models.complexjson.dumps(payload).encode()
    damaged = content
    if fuzzer.rng.random() < 0.2:
        damaged = fuzzer.damage(content)
    with session.post(
        url,
        data=damaged,
        headers={"Content-Type": "application/json"},
        timeout=SECONDS,
    ) as response:
        answer = response.json()
    if response.status_code != 200:
        assert response.status_code in {400, 404, 413}, response.text
        assert list(answer) == ["error"]
        assert answer["error"]
    elif damaged != content:
        # What it meant then is not worth finding out here.
        return 400, answer
    return response.status_code, answer


def test_rest_v2(server, fuzzer, check_all):
    with requests.Session() as session:
        url = f"{server.url}/v2/models/{MODEL}/infer"
        check_all(lambda: ask_v2(session, url, fuzzer))


def ask_v2(session, url, fuzzer):
    signature, inputs = fuzzer.request()
    payload = {
        "parameters": {"signature_name": fuzzer.choose(*[signature] * 9, 3)},
        "inputs": [
            {
                "name": name,
                "shape": fuzzer.choose(*[list(array.shape)] * 9, [2**40, -7]),
                "datatype": fuzzer.choose(*[datatype(array)] * 9, "FP16", "?"),
                "data": [
                    base64.b64encode(x).decode() if isinstance(x, bytes) else x
                    for x in array.reshape(-1).tolist()
                ],
            }
            for name, array in inputs.items()
        ],
    }
    status, answer = post(session, url, payload, fuzzer)
    if status != 200:
        return "refused"
    found = {
        part["name"]: [
            base64.b64decode(x) if isinstance(x, str) else x
            for x in part["data"]
        ]
        for part in answer["outputs"]
    }
    check_flat(fuzzer, signature, inputs, found)
    return "right"


def datatype(array):
    return {"uint8": "UINT8", "object": "BYTES", "int32": "INT32"}.get(
        array.dtype.name, "FP32"
    )


def check_flat(fuzzer, signature, inputs, found):
    """Compares flat lists with TensorFlow's answer in this process."""
    truth = fuzzer.signatures[signature or "serving_default"](
        **{name: tf.constant(array) for name, array in inputs.items()}
    )
    assert set(found) == set(truth)
    for name, value in truth.items():
        flat = np.asarray(value.numpy()).reshape(-1).tolist()
        if value.dtype == tf.float32:
            np.testing.assert_allclose(found[name], flat, atol=1e-6)
        else:
            assert found[name] == flat


def test_kserves_grpc(server, fuzzer, check_all):
    with grpc.insecure_channel(server.kserve_grpc) as channel:
        send = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        check_all(lambda: ask_kserve(send, fuzzer))


def ask_kserve(send, fuzzer):
    signature, inputs = fuzzer.request()
    request = pb.ModelInferRequest(
        model_name=fuzzer.choose(*[MODEL] * 9, "other")
    )
    request.parameters["signature_name"].string_param = signature
    for name, array in inputs.items():
        request.inputs.add(
            name=name,
            shape=fuzzer.choose(*[array.shape] * 9, (2**40, -7)),
            datatype=fuzzer.choose(*[datatype(array)] * 9, "FP16", "?"),
        )
        raw = array.tobytes()
        if array.dtype == object:
            raw = b"".join(
                struct.pack("<I", len(x)) + x for x in array.reshape(-1)
            )
        request.raw_input_contents.append(
            fuzzer.choose(*[raw] * 9, raw[:-1], b"")
        )
    content = request.SerializeToString()
    damaged = content
    if fuzzer.rng.random() < 0.2:
        damaged = fuzzer.damage(content)
    answer = sent(send, damaged)
    if isinstance(answer, grpc.RpcError):
        assert answer.code() in REFUSED or damaged != content, answer
        return "refused"
    answer = pb.ModelInferResponse.FromString(answer)
    if damaged == content:
        found = {
            part.name: contents(part, raw)
            for part, raw in zip(
                answer.outputs, answer.raw_output_contents, strict=True
            )
        }
        check_flat(fuzzer, signature, inputs, found)
    return "right"


def contents(part, raw):
    """The values of an output as a flat list."""
    if part.datatype != "BYTES":
        kinds = {"UINT8": np.uint8, "INT32": np.int32, "FP32": np.float32}
        return np.frombuffer(raw, kinds[part.datatype]).tolist()
    found = []
    while raw:
        (size,) = struct.unpack_from("<I", raw)
        found.append(raw[4 : 4 + size])
        raw = raw[4 + size :]
    return found
