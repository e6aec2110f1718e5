"""Requests with random faults, for each protocol and signature.

`KERAS_RCNN_FUZZ` is the number of requests for each protocol, 200 by default.
"""

import collections
import json
import os
import re
from base64 import b64decode, b64encode

import grpc
import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import requests
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis import predict_pb2

pytest.importorskip("kserve")
from kserve import InferResponse
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb
from kserve.protocol.infer_type import serialize_byte_tensor
from kserve.utils.numpy_codec import from_np_dtype

from tests.helpers.fuzzing import Times

pytestmark = [pytest.mark.extras(name="kserve"), pytest.mark.slow]
REQUESTS = int(os.environ.get("KERAS_RCNN_FUZZ", "200"))
MODEL = "scene_parser"
SECONDS = 60
REFUSED = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}
# Of the answers of both gRPC libraries to bytes that are no message.
UNREADABLE = re.compile("Exception deserializing request|DecodeError")


class Refused(Exception):
    """The server refused a request and said why."""


def mostly(usual, *rare):
    return st.sampled_from([usual] * 9 + list(rare))


@st.composite
def damaged(draw, content):
    """Bytes; one time in three a few others are put in or replace a part."""
    if draw(st.integers(0, 2)) < 2:
        return content
    start = draw(st.integers(0, len(content)))
    stop = start + draw(st.sampled_from((0, 1, 9, len(content))))
    return content[:start] + draw(st.binary(max_size=9)) + content[stop:]


@st.composite
def questions(draw, signatures, files):
    """Name of a signature, and arrays by name."""
    side = mostly(st.integers(1, 12), st.just(0)).flatmap(lambda x: x)
    pixels = hnp.arrays(
        mostly(np.uint8, np.int32, np.float32, np.bool_),
        st.tuples(mostly(1, 0, 2), side, side, mostly(3, 1, 4)),
    )
    contents = hnp.arrays(
        object,
        mostly((1,), (0,), (2,), (1, 1)),
        elements=st.sampled_from(files).flatmap(damaged),
        fill=st.nothing(),
    )
    others = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=0, max_dims=5))
    signature = draw(st.sampled_from([*signatures, "", "nothing"]))
    run = signatures.get(signature, signatures["serving_default"])
    names = list(run.structured_input_signature[1])
    names = draw(mostly(names, [], ["other"], [""], [*names, "more"]))
    usual = contents if names == ["image_bytes"] else pixels
    kinds = mostly(usual, contents, pixels, others)
    return signature, {name: draw(draw(kinds)) for name in names}


@pytest.fixture
def check_all(server, signatures, files):
    """Sends many requests by a function and watches the server.

    The function draws what it needs. It returns a signature, its inputs and the
    outputs, or None for an answer to a damaged request.
    """

    def check(ask):
        outcomes = collections.Counter()
        megabytes = []
        times = Times()

        @settings(
            max_examples=REQUESTS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def check_one(data):
            question = data.draw(questions(signatures, files))
            try:
                with times.one():
                    answer = ask(data.draw, *question)
            except Refused:
                outcomes["refused"] += 1
            else:
                if answer:
                    check_outputs(signatures, *answer)
                outcomes["right"] += 1
            if outcomes.total() == REQUESTS // 10:
                megabytes.append(server.megabytes)

        check_one()
        grown = server.megabytes - megabytes[0]
        print(
            f"{dict(outcomes)}; the slowest took {times.slowest:.2f} s; the "
            f"server had {megabytes[0]:.0f} MB and grew by {grown:+.0f} MB"
        )
        assert server.process.poll() is None
        assert REQUESTS / 50 < outcomes["right"] < outcomes.total()
        assert grown < 100

    return check


def check_outputs(signatures, signature, inputs, outputs):
    """Compares with TensorFlow's answer in this process."""
    truth = signatures[signature or "serving_default"](
        **{name: tf.constant(value) for name, value in inputs.items()}
    )
    assert set(outputs) == set(truth)
    for name, value in truth.items():
        dtype = value.dtype.as_numpy_dtype
        found = np.array(outputs[name], dtype)
        if dtype == np.float32:
            # The last bit depends on the number of threads.
            np.testing.assert_allclose(found, value, atol=1e-6)
            continue
        if found.dtype == object:
            found = np.vectorize(tf.compat.as_bytes, [object])(found)
        np.testing.assert_array_equal(found, value.numpy())


def test_tensorflow_servings_grpc(server, check_all):
    def ask(draw, signature, inputs):
        request = predict_pb2.PredictRequest()
        request.model_spec.name = draw(mostly(MODEL, "other"))
        request.model_spec.signature_name = signature
        for name, array in inputs.items():
            request.inputs[name].CopyFrom(draw(tensor_protos(array)))
        content = draw(damaged(request.SerializeToString()))
        answer = predict_pb2.PredictResponse.FromString(call(send, content))
        # The server may have been able to read a damaged request.
        request = predict_pb2.PredictRequest.FromString(content)
        read, outputs = (
            {name: tf.make_ndarray(proto) for name, proto in protos.items()}
            for protos in (request.inputs, answer.outputs)
        )
        return request.model_spec.signature_name, read, outputs

    with grpc.insecure_channel(server.grpc) as channel:
        send = channel.unary_unary(
            "/tensorflow.serving.PredictionService/Predict"
        )
        check_all(ask)


@st.composite
def tensor_protos(draw, array):
    proto = tf.make_tensor_proto(array)
    if proto.tensor_shape.dim and draw(mostly(False, True)):
        # There are not as many values as the shape says.
        size = draw(st.sampled_from((-1, 2**16, 2**40, 2**62)))
        draw(st.sampled_from(proto.tensor_shape.dim)).size = size
    if draw(mostly(False, True)):
        dtype = draw(st.integers(0, 30))
        shape = proto.tensor_shape
        proto = TensorProto(dtype=dtype, tensor_shape=shape, int_val=[1])
    return proto


def call(send, content):
    """Returns the answer of a gRPC server."""
    try:
        return send(content, timeout=SECONDS)
    except grpc.RpcError as error:
        code, details = error.code(), error.details()
    assert details
    assert code in REFUSED or UNREADABLE.search(details), (code, details)
    raise Refused


def post(url, content):
    """Returns the answer of a REST server."""
    kind = {"Content-Type": "application/json"}
    response = requests.post(url, content, headers=kind, timeout=SECONDS)
    answer = response.json()
    if response.status_code == 200:
        return answer
    assert response.status_code in {400, 404, 413}, answer
    assert list(answer) == ["error"]
    assert answer["error"]
    raise Refused


def base64_of(content):
    return b64encode(content).decode()


def test_rest_v1(server, check_all):
    def ask(draw, signature, inputs):
        key = draw(mostly("inputs", "instances", "x"))
        payload = {"signature_name": draw(mostly(signature, 3, None))}
        payload[key] = {name: array.tolist() for name, array in inputs.items()}
        whole = json.dumps(payload, default=lambda x: {"b64": base64_of(x)})
        content = draw(damaged(whole.encode()))
        answer = post(f"{server.url}/v1/models/{MODEL}:predict", content)
        if content != whole.encode():
            return None
        # The numbers of JSON have no type.
        arrays = {
            name: array if array.dtype == object else array.astype(np.uint8)
            for name, array in inputs.items()
        }
        outputs = answer["outputs"]
        for name in outputs.keys() & {"label_png_bytes"}:
            outputs[name] = [b64decode(part["b64"]) for part in outputs[name]]
        return signature, arrays, outputs

    check_all(ask)


def test_rest_v2(server, check_all):
    def ask(draw, signature, inputs):
        payload = {
            "parameters": {"signature_name": draw(mostly(signature, 3))},
            "inputs": [
                draw(descriptions(name, array))
                | {"data": array.reshape(-1).tolist()}
                for name, array in inputs.items()
            ],
        }
        whole = json.dumps(payload, default=base64_of).encode()
        content = draw(damaged(whole))
        answer = post(f"{server.url}/v2/models/{MODEL}/infer", content)
        if content != whole:
            return None
        outputs = {
            part.name: np.vectorize(b64decode, [object])(part.as_numpy())
            if part.datatype == "BYTES"
            else part.as_numpy()
            for part in InferResponse.from_rest(answer).outputs
        }
        return signature, inputs, outputs

    check_all(ask)


@st.composite
def descriptions(draw, name, array):
    """Name, shape and type of an input of KServe's protocols."""
    return {
        "name": name,
        "shape": draw(mostly(list(array.shape), [2**40, -7])),
        "datatype": draw(mostly(from_np_dtype(array.dtype), "FP16", "?")),
    }


def test_kserves_grpc(server, check_all):
    def ask(draw, signature, inputs):
        request = pb.ModelInferRequest(model_name=draw(mostly(MODEL, "other")))
        request.parameters["signature_name"].string_param = signature
        for name, array in inputs.items():
            request.inputs.add(**draw(descriptions(name, array)))
            raw = array.tobytes()
            if array.dtype == object:
                raw = b"".join(serialize_byte_tensor(array).reshape(-1))
            request.raw_input_contents.append(draw(mostly(raw, raw[:-1], b"")))
        whole = request.SerializeToString()
        content = draw(damaged(whole))
        response = pb.ModelInferResponse.FromString(call(send, content))
        if content != whole:
            return None
        outputs = InferResponse.from_grpc(response).outputs
        return signature, inputs, {x.name: x.as_numpy() for x in outputs}

    with grpc.insecure_channel(server.kserve_grpc) as channel:
        send = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        check_all(ask)
