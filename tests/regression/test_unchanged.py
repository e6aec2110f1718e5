"""The shipped networks label, score and export as they did when recorded.

`expected.json` holds hashes of their labels. Processors round sums in
different ways, so pixels whose best two classes came within 0.001 of each
other in probability are listed there as unsure, and are left out of the
hashes.
"""

import base64
import functools
import hashlib
import io
import json
import pathlib

import flatbuffers
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_sample_image
from tensorflow.lite.python import schema_py_generated as schema

import keras_rcnn
from keras_rcnn import load_labeler
from keras_rcnn.export import export_litert, export_onnx

ROOT = pathlib.Path(__file__).parents[2]
MODELS = ROOT / "saved_models"
SHIPPED = MODELS / "rcnn2_stanford_background"
EXPECTED = json.loads(
    pathlib.Path(__file__).with_name("expected.json").read_text()
)
# Integer arithmetic rounds at other places on other processors.
AGREEMENT_OF_ROUNDED = 0.99


@functools.cache
def photo(name):
    """A part of a sample photo at the size recorded for it."""
    how = EXPECTED["photos"][name]
    part = Image.fromarray(load_sample_image(how["file"])).crop(how["box"])
    return np.asarray(part.resize(how["size"]))


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def check(labels, name, expected):
    """That labels of a photo are those recorded, but for unsure pixels."""
    assert labels.dtype == np.uint8
    assert labels.shape == photo(name).shape[:2]
    sure = np.delete(labels, expected["unsure"])
    assert sha256(sure.tobytes()) == expected["labels"], name


def confidence_of_some(probabilities):
    """Probability of the label at 20 pixels, spread over the photo."""
    best = probabilities.max(axis=-1).ravel()
    return best[np.linspace(0, best.size - 1, 20).astype(int)]


def file_content(path):
    """A hash of a LiteRT file that is the same on every processor.

    It leaves out the metadata, which hold the versions of the packages, and
    all constants of one float for each class: the scores outside a photo,
    which the processor that writes the file rounds, are constants of this kind.
    """
    content = bytearray(path.read_bytes())
    graph = schema.ModelT.InitFromPackedBuf(content, 0)
    for entry in graph.metadata:
        graph.buffers[entry.buffer].data = None
    (labeling,) = graph.subgraphs
    num_classes = len(load_labeler(path).class_names)
    for tensor in labeling.tensors:
        if (
            tensor.type == schema.TensorType.FLOAT32
            and np.prod(tensor.shape) == num_classes
        ):
            graph.buffers[tensor.buffer].data = None
    builder = flatbuffers.Builder()
    builder.Finish(graph.Pack(builder))
    return sha256(bytes(builder.Output()))


def finest(network):
    """Its output resolution where none is chosen."""
    return 4 if network.startswith("pyramid") else 1


def case_name(case):
    return "{network}-{output_resolution}-{smoothing}".format(**case)


@pytest.mark.parametrize("name", EXPECTED["photos"])
def test_the_photos_are_those_recorded(name):
    """If not, Pillow or scikit-learn changed, and the hashes mean nothing."""
    assert sha256(photo(name).tobytes()) == EXPECTED["photos"][name]["sha256"]


def test_every_network_is_recorded():
    shipped = {file.parent.name for file in MODELS.glob("*/model.keras")}
    assert {case["network"] for case in EXPECTED["networks"]} == shipped
    files = {path.name for path in (SHIPPED / "litert").glob("*.tflite")}
    assert {*EXPECTED["litert"], *EXPECTED["rounded_litert"]} == files


@pytest.mark.parametrize("case", EXPECTED["networks"], ids=case_name)
def test_python(case):
    labeler = keras_rcnn.SceneLabeler(
        keras_rcnn.load_model(MODELS / case["network"] / "model.keras"),
        output_resolution=case["output_resolution"],
        precision="float32",
        smoothing=case["smoothing"],
    )
    for name, expected in case["photos"].items():
        labels, probabilities = labeler(photo(name), return_probabilities=True)
        check(labels, name, expected)
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(
            confidence_of_some(probabilities),
            expected["confidence"],
            rtol=0,
            atol=1e-5,
        )


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in EXPECTED["networks"]
        if case["smoothing"] == 1
        and case["output_resolution"] == finest(case["network"])
    ],
    ids=case_name,
)
def test_saved_model(case):
    """By plain TensorFlow; at the finest resolution."""
    model = tf.saved_model.load(MODELS / case["network"])
    serve = model.signatures["serving_default"]
    for name, expected in case["photos"].items():
        results = serve(images=tf.constant(photo(name)[np.newaxis]))
        check(results["labels"].numpy()[0], name, expected)


@pytest.mark.parametrize("file", EXPECTED["litert"])
def test_litert(file):
    labeler = load_labeler(SHIPPED / "litert" / file)
    for name, expected in EXPECTED["litert"][file].items():
        check(labeler(photo(name)), name, expected)


@pytest.mark.parametrize("file", EXPECTED["rounded_litert"])
def test_litert_of_rounded_numbers(file):
    labeler = load_labeler(SHIPPED / "litert" / file)
    for name, png in EXPECTED["rounded_litert"][file].items():
        with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
            expected = np.asarray(picture)
        agreement = np.mean(labeler(photo(name)) == expected)
        assert agreement >= AGREEMENT_OF_ROUNDED, name


def test_fresh_litert(tmp_path):
    """The file too, which TensorFlow's converter alone could change."""
    model = keras_rcnn.load_model(SHIPPED / "model.keras")
    path = export_litert(model, tmp_path / "fresh.tflite", (24, 32))
    labeler = load_labeler(path)
    assert labeler.class_names == model.class_names
    assert labeler.palette == model.palette
    expected = EXPECTED["fresh_litert"]
    for name, labels in expected["photos"].items():
        check(labeler(photo(name)), name, labels)
    assert file_content(path) == expected["content"]


@pytest.mark.extras(name="onnx")
@pytest.mark.parametrize("fresh", [False, True])
def test_onnx(tmp_path, fresh):
    path = SHIPPED / "labeling.onnx"
    if fresh:
        model = keras_rcnn.load_model(SHIPPED / "model.keras")
        path = export_onnx(model, tmp_path / "fresh.onnx", output_resolution=4)
    labeler = load_labeler(path)
    for name, expected in EXPECTED["onnx"].items():
        check(labeler(photo(name)), name, expected)
