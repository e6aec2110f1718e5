"""KServe's protocols, asked as web clients and by its own stubs."""

import base64
import contextlib
import io
import json
import pathlib
import re
import shutil
import socket
import struct
import subprocess

import grpc
import numpy as np
import pytest
import requests
from PIL import Image

pytest.importorskip("kserve")
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb
from kserve.protocol.grpc import grpc_predict_v2_pb2_grpc

from keras_rcnn.serving import RestClient
from keras_rcnn.serving.request_error import RequestError

pytestmark = pytest.mark.extras(name="kserve")
MODEL = "scene_parser"
ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def client(server):
    with RestClient(server.url) as client:
        yield client


@pytest.fixture
def post(server):
    """Function of a path and what to send there: status and JSON."""

    def send(path, **content):
        with requests.post(f"{server.url}/{path}", **content) as response:
            return response.status_code, response.json()

    return send


@pytest.fixture
def stub(server):
    with grpc.insecure_channel(server.kserve_grpc) as channel:
        yield grpc_predict_v2_pb2_grpc.GRPCInferenceServiceStub(channel)


def base64_of(content):
    return base64.b64encode(content).decode()


def labels_of(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_pixels_by_every_resolution(client, signatures, photos):
    images = photos[0][np.newaxis]
    for name in ("resolution_1", "resolution_4", "instances_1"):
        answer = client.predict(name, images=images)["labels"]
        truth = signatures[name](images=images)["labels"]
        np.testing.assert_array_equal(answer, truth)


def test_rows(post, files, expected):
    """As TensorFlow Serving documents them, sent as curl sends them."""
    rows = [{"b64": base64_of(file)} for file in files]
    status, answer = post(
        f"v1/models/{MODEL}:predict",
        data=json.dumps({"signature_name": "image_bytes", "instances": rows}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert status == 200
    for row, truth in zip(answer["predictions"], expected, strict=True):
        png = base64.b64decode(row["label_png_bytes"]["b64"])
        np.testing.assert_array_equal(labels_of(png), truth)
        assert (row["height"], row["width"]) == truth.shape
        shares = np.bincount(truth.reshape(-1), minlength=3) / truth.size
        np.testing.assert_allclose(row["class_shares"], shares, atol=1e-6)


def test_v2_pixels(post, photos, signatures):
    images = photos[0][np.newaxis]
    status, answer = post(
        f"v2/models/{MODEL}/infer",
        json={
            "inputs": [
                {
                    "name": "images",
                    "shape": images.shape,
                    "datatype": "UINT8",
                    "data": images.reshape(-1).tolist(),
                }
            ]
        },
    )
    assert status == 200
    outputs = {part["name"]: part for part in answer["outputs"]}
    labels = np.array(outputs["labels"]["data"], np.uint8)
    truth = signatures["serving_default"](images=images)["labels"].numpy()
    assert outputs["labels"]["shape"] == list(truth.shape)
    np.testing.assert_array_equal(labels.reshape(truth.shape), truth)


def test_v2_files(post, files, expected):
    status, answer = post(
        f"v2/models/{MODEL}/infer",
        json={
            "parameters": {"signature_name": "image_bytes"},
            "inputs": [
                {
                    "name": "image_bytes",
                    "shape": [len(files)],
                    "datatype": "BYTES",
                    "data": [base64_of(file) for file in files],
                }
            ],
        },
    )
    assert status == 200
    outputs = {part["name"]: part for part in answer["outputs"]}
    for text, truth in zip(
        outputs["label_png_bytes"]["data"], expected, strict=True
    ):
        np.testing.assert_array_equal(labels_of(base64.b64decode(text)), truth)


@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "base64"))),
    reason="needs the programs",
)
@pytest.mark.parametrize("path", ["v1/models", "v2/models"])
def test_the_shell_of_the_documentation(
    server, files, expected, tmp_path, path
):
    text = (ROOT / "docs" / "serving.md").read_text()
    (command,) = (
        block
        for block in re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
        if "printf" in block and path in block
    )
    (tmp_path / "street.jpg").write_bytes(files[1])
    run = subprocess.run(
        ["bash", "-c", command.replace("http://127.0.0.1:8501", server.url)],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    if path.startswith("v1"):
        png = (tmp_path / "labels.png").read_bytes()
    else:
        outputs = {
            part["name"]: part["data"]
            for part in json.loads(run.stdout)["outputs"]
        }
        png = base64.b64decode(outputs["label_png_bytes"][0])
    np.testing.assert_array_equal(labels_of(png), expected[1])


def test_v2_grpc(stub, photos, files, expected, signatures):
    images = photos[0][np.newaxis]
    request = pb.ModelInferRequest(model_name=MODEL)
    request.inputs.add(name="images", shape=images.shape, datatype="UINT8")
    request.raw_input_contents.append(images.tobytes())
    outputs = answered(stub.ModelInfer(request))
    truth = signatures["serving_default"](images=images)["labels"].numpy()
    np.testing.assert_array_equal(
        np.frombuffer(outputs["labels"], np.uint8).reshape(truth.shape), truth
    )

    request = pb.ModelInferRequest(model_name=MODEL)
    request.parameters["signature_name"].string_param = "image_bytes"
    request.inputs.add(name="image_bytes", shape=[1], datatype="BYTES")
    request.raw_input_contents.append(
        struct.pack("<I", len(files[0])) + files[0]
    )
    png = answered(stub.ModelInfer(request))["label_png_bytes"][4:]
    np.testing.assert_array_equal(labels_of(png), expected[0])


def answered(response):
    """Raw contents by name."""
    names = [output.name for output in response.outputs]
    return dict(zip(names, response.raw_output_contents, strict=True))


def test_health_and_metrics(server, stub, client, files):
    client.label(files[:1])
    for path in ("v2/health/live", "v2/health/ready", f"v1/models/{MODEL}"):
        assert requests.get(f"{server.url}/{path}").status_code == 200
    assert client.is_ready()
    assert stub.ServerReady(pb.ServerReadyRequest()).ready
    metrics = requests.get(f"{server.url}/metrics").text
    assert (
        'keras_rcnn_answers_total{code="OK",signature="image_bytes"}' in metrics
    )
    assert 'keras_rcnn_request_seconds_count{signature="image_bytes"}' in (
        metrics
    )


def test_metadata(server, stub):
    about = requests.get(f"{server.url}/v2/models/{MODEL}").json()
    (takes,) = about["inputs"]
    assert takes == {
        "name": "images",
        "datatype": "UINT8",
        "shape": [-1, -1, -1, 3],
    }
    gives = {part["name"]: part["datatype"] for part in about["outputs"]}
    assert gives == {"labels": "UINT8", "confidence": "FP32"}
    metadata = stub.ModelMetadata(pb.ModelMetadataRequest(name=MODEL))
    assert metadata.inputs[0].name == "images"


V1, V2 = f"v1/models/{MODEL}:predict", f"v2/models/{MODEL}/infer"
UNLOAD = f"v2/repository/models/{MODEL}/unload"


def signature(name, **content):
    return {"json": {"signature_name": name, **content}}


def pixels(*values):
    """The body of a request for a photo of one pixel."""
    photo = {"name": "images", "shape": [1, 1, 1, 3], "datatype": "UINT8"}
    return {"json": {"inputs": [photo | {"data": values}]}}


def body(content, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"data": content, "headers": names}


@pytest.mark.parametrize(
    ("path", "content", "status", "reason"),
    [
        ("v1/models/x:predict", {"json": {}}, 404, "name x does not exist"),
        (V1, body(b""), 400, "empty"),
        (V1, body(b"{"), 400, "format"),
        (V1, body(b"\xff", Content_Type="text/plain"), 400, "cannot be read"),
        (V1, signature(3, instances=[1]), 400, "must be a string"),
        (V1, signature("about", inputs={"x": 1}), 400, "takes nothing, not x"),
        (V2, {"json": {}}, 400, "inputs"),
        (V2, pixels(1, 2), 400, "images has values that do not fit"),
        (V2, pixels(1, 2, 300), 400, "outside 0 to 255"),
        (V2, pixels(1, 2, 0.5), 400, "must hold integers"),
        (
            V2,
            body(b"{}", Inference_Header_Content_Length="many"),
            400,
            "cannot be read",
        ),
        (V1, body(b"x" * (2**20 + 1)), 413, "more than 1048576 bytes"),
        (V1, body(iter([b"x" * 2**19] * 3)), 413, "more than 1048576 bytes"),
        (UNLOAD, {}, 400, "cannot be loaded or unloaded"),
        ("nowhere", {}, 404, "Not Found"),
    ],
)
def test_names_what_is_wrong(post, client, path, content, status, reason):
    found, answer = post(path, **content)
    assert found == status
    assert list(answer) == ["error"]
    assert reason in answer["error"]
    assert client.is_ready()


def test_grpc_names_what_is_wrong(stub):
    request = pb.ModelInferRequest(model_name=MODEL)
    request.inputs.add(name="images", shape=[1, 9, 9, 3], datatype="UINT8")
    request.raw_input_contents.append(b"12")
    with pytest.raises(grpc.RpcError) as error:
        stub.ModelInfer(request)
    assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "images has values that do not fit" in error.value.details()
    with pytest.raises(grpc.RpcError, match="cannot be loaded or unloaded"):
        stub.RepositoryModelUnload(
            pb.RepositoryModelUnloadRequest(model_name=MODEL)
        )


def test_names_of_files_are_no_files(client):
    """Whichever client sends them; the server says so."""
    with pytest.raises(RequestError, match=r"\[0\] is no JPEG") as error:
        client.predict("image_bytes", image_bytes=["street.jpg"])
    assert error.value.code == grpc.StatusCode.INVALID_ARGUMENT


def test_connections_that_send_nothing_block_nobody(server, client, files):
    host, port = server.url.removeprefix("http://").split(":")
    with contextlib.ExitStack() as stack:
        for _ in range(80):
            connection = socket.create_connection((host, int(port)))
            stack.enter_context(connection)
        for path in ("v2/health/ready", "metrics"):
            assert requests.get(f"{server.url}/{path}").status_code == 200
        assert len(client.label(files)) == len(files)
