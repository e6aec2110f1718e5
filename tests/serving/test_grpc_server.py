"""A server process, asked by the real stubs of TensorFlow Serving."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from keras_rcnn.errors import InputError
from keras_rcnn.serving import GrpcClient
from keras_rcnn.serving.grpc_server import GrpcServer
from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.served_model import ServedModel


@pytest.fixture
def client(server):
    with GrpcClient(server.grpc) as client:
        yield client


@pytest.fixture
def stub(server):
    with grpc.insecure_channel(server.grpc) as channel:
        yield prediction_service_pb2_grpc.PredictionServiceStub(channel)


def test_every_signature(client, signatures, photos, files):
    """As TensorFlow answers it in this process."""
    for name, signature in signatures.items():
        given = {
            "images": photos[0][np.newaxis],
            "image_bytes": np.array(files, object),
        }
        inputs = {
            key: given[key] for key in signature.structured_input_signature[1]
        }
        answer = client.predict(name, **inputs)
        truth = signature(**{k: tf.constant(v) for k, v in inputs.items()})
        assert set(answer) == set(truth)
        for key, value in truth.items():
            if value.dtype == tf.float32:
                # The last bit depends on the number of threads.
                np.testing.assert_allclose(answer[key], value, atol=1e-6)
            else:
                np.testing.assert_array_equal(answer[key], value.numpy())
    assert {"about", "probabilities", "resolution_4", "instances_1"} < set(
        signatures
    )


def test_metadata(stub):
    request = get_model_metadata_pb2.GetModelMetadataRequest()
    request.model_spec.name = "scene_parser"
    request.metadata_field.append("signature_def")
    response = stub.GetModelMetadata(request)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    images = signatures.signature_def["serving_default"].inputs["images"]
    assert images.dtype == tf.uint8.as_datatype_enum
    assert response.model_spec.version.value == 1


def test_chosen_outputs(stub, photos):
    request = predict_pb2.PredictRequest(output_filter=["confidence"])
    request.model_spec.name = "scene_parser"
    request.inputs["images"].CopyFrom(tf.make_tensor_proto(photos[0][None]))
    assert set(stub.Predict(request).outputs) == {"confidence"}
    request.output_filter[:] = ["confidences"]
    with pytest.raises(grpc.RpcError, match="no output 'confidences'"):
        stub.Predict(request)


PIXELS, FILES = "serving_default", "image_bytes"


def black(*shape, name="images"):
    return {name: np.zeros(shape, np.uint8)}


@pytest.mark.parametrize(
    ("signature", "inputs", "reason"),
    [
        ("nothing", {}, "no signature 'nothing'"),
        (PIXELS, {}, "takes images, not nothing"),
        ("about", black(1, 1, 1, 3), "nothing, not"),
        (PIXELS, {"image": [1]}, "image is int32"),
        (PIXELS, black(1, 1, 1, 3, name="image"), "takes images, not image"),
        (
            PIXELS,
            black(1, 1, 1, 4),
            r"\(1, 1, 1, 4\): send \(any, any, any, 3\)",
        ),
        (PIXELS, black(1, 0, 1, 3), "images has the shape"),
        (PIXELS, black(0, 1, 1, 3), "0 photos"),
        (PIXELS, black(33, 1, 1, 3), "33 photos: send 1 to 32"),
        (PIXELS, black(1, 101, 100, 3), "pixels allowed: 10000"),
        (FILES, {FILES: b"x"}, "shape"),
        (FILES, {FILES: [b"x"]}, r"image_bytes\[0\] is no JPEG"),
        (FILES, {FILES: [b"\xff\xd8\xff\x00"]}, r"\[0\]: Invalid JPEG"),
    ],
)
def test_names_what_is_wrong(client, signature, inputs, reason):
    with pytest.raises(RequestError, match=reason) as error:
        client.predict(signature, **inputs)
    assert error.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert client.is_ready()


@pytest.mark.parametrize(
    ("index", "reason"), [(0, "Invalid PNG"), (1, "Invalid JPEG")]
)
def test_names_the_broken_file_of_a_batch(client, files, index, reason):
    batch = list(files)
    batch[index] = batch[index][: len(batch[index]) // 2]
    with pytest.raises(RequestError) as error:
        client.label(batch)
    assert str(error.value).startswith(f"image_bytes[{index}]: {reason}")
    assert "\n" not in str(error.value)


def test_other_models_and_versions(server, stub, files):
    with GrpcClient(server.grpc, "another") as stranger:
        with pytest.raises(RequestError, match="no model 'another'") as error:
            stranger.label(files)
        assert error.value.code == grpc.StatusCode.NOT_FOUND
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "scene_parser"
    request.model_spec.version.value = 2
    with pytest.raises(grpc.RpcError, match="no version 2"):
        stub.Predict(request)


def test_too_large_a_request(client):
    with pytest.raises(RequestError) as error:
        client.label([b"x" * 2**20])
    assert error.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert client.is_ready()


@pytest.fixture(scope="module")
def served(saved_model):
    return ServedModel(saved_model)


def test_two_servers_do_not_share_a_port(server, served):
    with pytest.raises(InputError, match="choose another host or port"):
        GrpcServer(served, "m", server.grpc, 2**20)


def test_an_answer_larger_than_allowed(served, photos, monkeypatch):
    monkeypatch.setattr(
        "keras_rcnn.serving.served_model.MAX_RESPONSE_BYTES", 1000
    )
    with pytest.raises(RequestError, match="answer is larger") as error:
        served.predict("serving_default", {"images": photos[0][np.newaxis]})
    assert error.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error.value.http_status == 413


@pytest.mark.parametrize("broken", ["nothing", "empty", "rubbish"])
def test_what_is_no_saved_model(tmp_path, broken):
    if broken != "nothing":
        content = b"" if broken == "empty" else b"rubbish"
        (tmp_path / "saved_model.pb").write_bytes(content)
    with pytest.raises(InputError, match="is not a SavedModel that labels"):
        ServedModel(tmp_path)
