"""LiteRT files as the real interpreter runs them."""

import zipfile

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

import keras_rcnn
from keras_rcnn import SceneLabeler
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_litert
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler
from tests.helpers.feedback_model import (
    NAMES,
    PALETTE,
    feedback_model,
    smooth_photos,
)

SIZE = (40, 56)
# The least fraction of labels that are the same as in float32.
AGREEMENT = {
    "none": 0.9999,
    "float16": 0.995,
    "weights": 0.97,
    "dynamic": 0.95,
    "int8": 0.9,
}


@pytest.fixture(scope="module")
def model():
    return feedback_model()


@pytest.fixture(scope="module")
def photos():
    return np.stack(smooth_photos(*[SIZE] * 6))


@pytest.fixture(scope="module")
def expected(model, photos):
    labels = SceneLabeler(model, output_resolution=4)(photos)
    # All classes, or agreement would say little.
    assert set(np.unique(labels)) == {0, 1, 2}
    return labels


@pytest.mark.parametrize("quantize", AGREEMENT)
def test_labels_of_each_quantization(
    model, photos, expected, tmp_path, quantize
):
    file = export_litert(
        model, tmp_path / "m.tflite", SIZE, 4, quantize=quantize, photos=photos
    )
    labels = LiteRTLabeler(file)(photos)
    assert labels.dtype == np.uint8
    assert np.mean(labels == expected) >= AGREEMENT[quantize]


def test_any_size_where_the_classifier_follows_a_pooling(photos, tmp_path):
    model = keras_rcnn.RecurrentCNN.from_preset("rcnn1", 3, NAMES, PALETTE)
    file = tmp_path / "any.tflite"
    export_litert(model, file, output_resolution=4)
    labels = SceneLabeler(model, output_resolution=4)(photos[:1])
    ours = LiteRTLabeler(file)(photos[:1])
    assert np.mean(ours == labels) > AGREEMENT["none"]


@pytest.mark.parametrize("resolution", [1, 2, 4, 8])
def test_any_size(model, photos, tmp_path, resolution):
    file = export_litert(
        model, tmp_path / "m.tflite", output_resolution=resolution
    )
    labeler = LiteRTLabeler(file)
    reference = SceneLabeler(model, output_resolution=resolution)
    # Back to the first size as well: the interpreter plans its memory anew.
    for photo in (photos[:1], photos[:1, :17, :9], photos[:1, :1, :1]) * 2:
        np.testing.assert_array_equal(labeler(photo), reference(photo))


def test_fewer_instances(model, photos, tmp_path):
    file = export_litert(model, tmp_path / "m.tflite", SIZE, num_instances=1)
    reference = SceneLabeler(model, num_instances=1)
    labels = LiteRTLabeler(file)(photos)
    np.testing.assert_array_equal(labels, reference(photos))


def test_scores_averaged(model, photos, tmp_path):
    file = export_litert(model, tmp_path / "m.tflite", smoothing=5)
    labels = SceneLabeler(model, smoothing=5)(photos)
    ours = np.concatenate(
        [LiteRTLabeler(file)(photo[None]) for photo in photos]
    )
    assert np.mean(ours == labels) > AGREEMENT["none"]
    assert np.mean(SceneLabeler(model)(photos) == labels) < AGREEMENT["none"]


def test_photos_of_another_size_are_scaled(model, photos, expected, tmp_path):
    file = export_litert(model, tmp_path / "m.tflite", SIZE, 4)
    doubled = photos[:1].repeat(2, axis=1).repeat(2, axis=2)
    labels = LiteRTLabeler(file)(doubled)
    assert labels.shape == doubled.shape[:3]
    # Smoothed as it is scaled, the photo is not quite the same.
    assert np.mean(labels[:, ::2, ::2] == expected[:1]) > 0.9


def test_probabilities(model, photos, tmp_path):
    file = export_litert(
        model, tmp_path / "m.tflite", SIZE, 4, output="probabilities"
    )
    interpreter = Interpreter(str(file))
    interpreter.allocate_tensors()
    (takes,) = interpreter.get_input_details()
    (gives,) = interpreter.get_output_details()
    interpreter.set_tensor(takes["index"], photos[:1])
    interpreter.invoke()
    _, probabilities = SceneLabeler(model, output_resolution=4)(
        photos[:1], return_probabilities=True
    )
    np.testing.assert_allclose(
        interpreter.get_tensor(gives["index"]), probabilities, atol=1e-5
    )


@pytest.mark.parametrize("size", [SIZE, None])
def test_built_in_operations_alone_and_weights_once(model, tmp_path, size):
    file = export_litert(model, tmp_path / "m.tflite", size)
    graph = schema.ModelT.InitFromPackedBuf(bytearray(file.read_bytes()), 0)
    custom = schema.BuiltinOperator.CUSTOM
    assert all(code.builtinCode != custom for code in graph.operatorCodes)
    # Beside the weights, the first kernel's part for instance 1.
    image_kernel = 8 * 8 * 3 * 25
    weights = 4 * (model.count_params() + image_kernel)
    assert weights < file.stat().st_size < weights + 80_000


def test_smaller_numbers_make_smaller_files(model, photos, tmp_path):
    sizes = {
        quantize: export_litert(
            model,
            tmp_path / f"{quantize}.tflite",
            SIZE,
            quantize=quantize,
            photos=photos,
        )
        .stat()
        .st_size
        for quantize in AGREEMENT
    }
    assert sizes["float16"] < 0.6 * sizes["none"]
    for quantize in ("weights", "dynamic", "int8"):
        assert sizes[quantize] < 0.4 * sizes["none"]


def test_it_names_its_classes(model, tmp_path):
    file = export_litert(model, tmp_path / "m.tflite", SIZE)
    with zipfile.ZipFile(file) as archive:
        assert archive.read("labels.txt") == b"sky\nwet road\ntree\n"
    labeler = LiteRTLabeler(file)
    assert (labeler.class_names, labeler.palette) == (NAMES, PALETTE)


def test_the_same_model_gives_the_same_file(model, tmp_path):
    one, other = (
        export_litert(model, tmp_path / name, SIZE, quantize="weights")
        for name in ("a.tflite", "b.tflite")
    )
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"quantize": "int4"}, "no quantization 'int4': choose one of none"),
        ({"quantize": "int8"}, "int8 needs photos"),
        ({"num_instances": -1}, "-1 instances are not possible"),
    ],
)
def test_wrong_choices_are_refused(model, tmp_path, choices, reason):
    with pytest.raises(InputError, match=reason):
        export_litert(model, tmp_path / "m.tflite", SIZE, **choices)
    assert not list(tmp_path.iterdir())


def test_other_files_are_refused(model, tmp_path):
    good = export_litert(model, tmp_path / "good.tflite", SIZE).read_bytes()
    for content in (b"", b"text", good[:2000], good[-3000:]):
        file = tmp_path / "bad.tflite"
        file.write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.tflite is no LiteRT file"):
            LiteRTLabeler(file)


def test_photos_too_large_are_refused(model, tmp_path):
    labeler = LiteRTLabeler(export_litert(model, tmp_path / "m.tflite"))
    with pytest.raises(InputError, match="at most 4000000 pixels"):
        labeler(np.zeros((1, 2001, 2000, 3), np.uint8))
