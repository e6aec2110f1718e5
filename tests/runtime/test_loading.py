"""Trained models in every form they are stored in."""

import pathlib
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn import RecurrentCNN, SceneLabeler, load_labeler
from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.export import export_saved_model
from keras_rcnn.labeling.labeler import BandLabeler
from keras_rcnn.models.saving import save_model

ROOT = pathlib.Path(__file__).parents[2]
SHIPPED = ROOT / "saved_models/rcnn2_stanford_background"
NAMES = ("sky", "wet grass", "road #2")
PALETTE = ((1, 2, 3), (40, 50, 60), (255, 0, 171))
PHOTO = np.random.default_rng(0).integers(0, 256, (21, 30, 3), np.uint8)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return RecurrentCNN.from_stages("6x4p2", 3, 3, NAMES, PALETTE)


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    """SavedModel folder with the network beside it, one label for 4 pixels."""
    folder = tmp_path_factory.mktemp("exported")
    labeler = SceneLabeler(model, output_resolution=2, num_instances=2)
    return export_saved_model(labeler, folder)


@pytest.fixture
def alone(exported, tmp_path):
    """The same without the network."""
    folder = shutil.copytree(exported, tmp_path / "alone")
    (folder / "model.keras").unlink()
    return folder


def test_a_file_and_its_folder_load_alike(model, tmp_path):
    save_model(model, tmp_path / "model.keras")
    expected = SceneLabeler(model, output_resolution=4, num_instances=2)
    expected = expected(PHOTO[None])[0]
    # Several classes, or the comparison would say little.
    assert len(np.unique(expected)) > 1

    for path in (tmp_path, str(tmp_path / "model.keras")):
        labeler = load_labeler(path, output_resolution=4, num_instances=2)
        assert (labeler.num_instances, labeler.output_resolution) == (2, 4)
        assert (labeler.class_names, labeler.palette) == (NAMES, PALETTE)
        labels = labeler(PHOTO)
        np.testing.assert_array_equal(labels, expected)


def test_defaults_are_all_instances_at_full_resolution(model, tmp_path):
    save_model(model, tmp_path / "model.keras")
    labeler = load_labeler(tmp_path)
    assert (labeler.num_instances, labeler.output_resolution) == (3, 1)


def test_the_network_beside_a_saved_model_can_be_chosen_from(exported):
    labeler = load_labeler(exported, "shift_and_stitch", 8, 3)
    assert (labeler.num_instances, labeler.output_resolution) == (3, 8)


@pytest.mark.parametrize(
    "choice", [{}, {"output_resolution": 4}, {"num_instances": 1}]
)
def test_a_saved_model_alone_has_its_signatures(model, alone, choice):
    as_exported = {"output_resolution": 2, "num_instances": 2}
    expected = SceneLabeler(model, **as_exported | choice)
    labeler = load_labeler(alone, **choice)
    np.testing.assert_array_equal(labeler(PHOTO), expected(PHOTO))
    assert (labeler.num_instances, labeler.output_resolution) == (None, None)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"method": "patches"}, "leave method= out"),
        (
            {"output_resolution": 1, "num_instances": 1},
            "leave output_resolution= and num_instances= out",
        ),
        ({"precision": "float32"}, "leave precision= out"),
        ({"num_threads": 1}, "num_threads= is for"),
        ({"num_instances": 3}, "no signature instances_3.*instances_2"),
    ],
)
def test_other_choices_of_a_saved_model_alone(alone, choice, message):
    with pytest.raises(InputError, match=message):
        load_labeler(alone, **choice)


def test_only_a_network_cuts_pictures(model, alone, tmp_path):
    save_model(model, tmp_path / "model.keras")
    large = np.tile(PHOTO, (5, 5, 1))
    labeler = load_labeler(tmp_path, "fragments", 8, memory_mb=1)
    bands = [band["labels"] for band in labeler.label_in_bands(large)]
    np.testing.assert_array_equal(np.concatenate(bands), labeler(large))
    assert not isinstance(load_labeler(alone), BandLabeler)


def remove_class_names(folder):
    (folder / "assets" / "classes.txt").unlink()


def break_graph(folder):
    (folder / "saved_model.pb").write_bytes(b"not a protocol buffer")


def replace_by_another_model(folder):
    module = tf.Module()
    module.double = tf.function(
        lambda x: {"doubled": 2 * x},
        input_signature=[tf.TensorSpec([], tf.float32)],
    )
    shutil.rmtree(folder)
    tf.saved_model.save(module, folder, {"serving_default": module.double})
    (folder / "assets" / "classes.txt").write_text("sky #010203\n")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (remove_class_names, r"classes\.txt does not name"),
        (break_graph, "is no SavedModel that labels"),
        (replace_by_another_model, "is no SavedModel that labels"),
    ],
)
def test_refuses_other_saved_models(alone, spoil, message):
    spoil(alone)
    with pytest.raises(InputError, match=message):
        load_labeler(alone)


@pytest.mark.parametrize("suffix", ["tflite", "onnx"])
def test_a_file_of_an_engine_labels_in_one_way(tmp_path, suffix):
    file = tmp_path / f"m.{suffix}"
    file.touch()
    with pytest.raises(InputError, match=r"leave num_instances= out"):
        load_labeler(file, num_instances=1)


@pytest.mark.parametrize(
    ("module", "suffix", "extra"),
    [
        ("ai_edge_litert.interpreter", "tflite", "litert"),
        ("onnxruntime", "onnx", "onnx"),
    ],
)
def test_says_what_has_to_be_installed(
    tmp_path, monkeypatch, module, suffix, extra
):
    monkeypatch.setitem(sys.modules, module, None)
    file = tmp_path / f"m.{suffix}"
    file.write_bytes(b"")

    with pytest.raises(InputError) as error:
        load_labeler(file)

    assert str(error.value) == str(missing_extra(str(file), extra))


@pytest.mark.parametrize(
    ("file", "engine"),
    [
        ("litert/any_size.tflite", "ai_edge_litert"),
        ("labeling.onnx", "onnxruntime"),
    ],
)
def test_an_engine_labels_without_tensorflow_and_keras(file, engine):
    pytest.importorskip(engine)
    code = (
        "import sys, keras_rcnn, numpy\n"
        f"labeler = keras_rcnn.load_labeler({str(SHIPPED / file)!r})\n"
        "print(labeler(numpy.zeros((9, 14, 3), 'uint8')).shape)\n"
        "sys.exit(bool({'tensorflow', 'keras'} & sys.modules.keys()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True
    )
    assert run.stdout == b"(9, 14)\n"
