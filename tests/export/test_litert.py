"""LiteRT files as the real interpreter runs them."""

import pathlib
import zipfile

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

import keras_rcnn
from keras_rcnn import SceneLabeler
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_litert
from keras_rcnn.export.phone_set import write_phone_set
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler
from tests.helpers.feedback_model import (
    NAMES,
    PALETTE,
    feedback_model,
    smooth_photos,
)

SIZE = (40, 56)
SHIPPED = (
    pathlib.Path(__file__)
    .parents[2]
    .joinpath("saved_models", "rcnn2_stanford_background")
)
# The least fraction of labels that are the same as in float32.
AGREEMENT = {
    "float32": 0.9999,
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


@pytest.fixture(scope="module")
def files(model, photos, tmp_path_factory):
    """The files for phones by name, one label for 4 x 4 pixels."""
    folder = tmp_path_factory.mktemp("files")
    return write_phone_set(model, folder, SIZE, 4, None, photos, 1)


@pytest.mark.parametrize("quantize", AGREEMENT)
def test_labels_of_each_quantization(files, photos, expected, quantize):
    labels = LiteRTLabeler(files[quantize])(photos)
    assert labels.dtype == np.uint8
    assert np.mean(labels == expected) >= AGREEMENT[quantize]


def test_any_size_where_the_classifier_follows_a_pooling(photos, tmp_path):
    model = keras_rcnn.RecurrentCNN.from_preset("rcnn1", 3, NAMES, PALETTE)
    file = tmp_path / "any.tflite"
    export_litert(model, file, output_resolution=4)
    labels = SceneLabeler(model, output_resolution=4)(photos[:1])
    ours = LiteRTLabeler(file)(photos[:1])
    assert np.mean(ours == labels) > AGREEMENT["float32"]


@pytest.mark.parametrize("resolution", [1, 4])
def test_any_size(model, files, photos, tmp_path, resolution):
    file = files["any_size"]
    if resolution == 1:
        file = export_litert(model, tmp_path / "m.tflite")
    labeler = LiteRTLabeler(file)
    reference = SceneLabeler(model, output_resolution=resolution)
    # Back to the first size as well: the interpreter plans its memory anew.
    for photo in (photos[:1], photos[:1, :17, :9], photos[:1, :1, :1]) * 2:
        np.testing.assert_array_equal(labeler(photo), reference(photo))


def test_fewer_instances_and_averaged_scores(model, photos, tmp_path):
    file = export_litert(
        model, tmp_path / "m.tflite", num_instances=1, smoothing=5
    )
    labels = SceneLabeler(model, num_instances=1, smoothing=5)(photos)
    ours = np.concatenate(
        [LiteRTLabeler(file)(photo[None]) for photo in photos]
    )
    assert np.mean(ours == labels) > AGREEMENT["float32"]
    for other in ({"num_instances": 1}, {"smoothing": 5}):
        labels_of_other = SceneLabeler(model, **other)(photos)
        assert np.mean(labels_of_other == labels) < AGREEMENT["float32"]


def test_photos_of_another_size_are_scaled(files, photos, expected):
    doubled = photos[:1].repeat(2, axis=1).repeat(2, axis=2)
    labels = LiteRTLabeler(files["float32"])(doubled)
    assert labels.shape == doubled.shape[:3]
    # Smoothed as it is scaled, the photo is not quite the same.
    assert np.mean(labels[:, ::2, ::2] == expected[:1]) > 0.9


@pytest.mark.parametrize("name", ["float32", "any_size"])
def test_built_in_operations_alone_and_weights_once(model, files, name):
    content = files[name].read_bytes()
    graph = schema.ModelT.InitFromPackedBuf(bytearray(content), 0)
    custom = schema.BuiltinOperator.CUSTOM
    assert all(code.builtinCode != custom for code in graph.operatorCodes)
    # Beside the weights, the first kernel's part for instance 1.
    image_kernel = 8 * 8 * 3 * 25
    weights = 4 * (model.count_params() + image_kernel)
    assert weights < len(content) < weights + 80_000


def test_smaller_numbers_make_smaller_files(files):
    sizes = {name: file.stat().st_size for name, file in files.items()}
    assert sizes["float16"] < 0.6 * sizes["float32"]
    for quantize in ("weights", "dynamic", "int8"):
        assert sizes[quantize] < 0.4 * sizes["float32"]


def test_it_names_its_classes(files):
    with zipfile.ZipFile(files["float32"]) as archive:
        assert archive.read("labels.txt") == b"sky\nwet road\ntree\n"
    labeler = LiteRTLabeler(files["float32"])
    assert (labeler.class_names, labeler.palette) == (NAMES, PALETTE)


def test_the_same_model_gives_the_same_file(model, files, tmp_path):
    other = export_litert(
        model, tmp_path / "m.tflite", SIZE, 4, quantize="weights"
    )
    assert other.read_bytes() == files["weights"].read_bytes()


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


def test_other_files_are_refused(files, tmp_path):
    good = files["float32"].read_bytes()
    for content in (b"", b"text", good[:2000], good[-3000:]):
        file = tmp_path / "bad.tflite"
        file.write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.tflite is no LiteRT file"):
            LiteRTLabeler(file)


def test_photos_too_large_for_a_file_that_does_not_cut_them():
    """As earlier versions wrote it, without `tiles.json`."""
    labeler = LiteRTLabeler(SHIPPED / "litert" / "any_size.tflite")
    with pytest.raises(InputError, match="at most 4000000 pixels"):
        labeler(np.zeros((1, 2001, 2000, 3), np.uint8))
