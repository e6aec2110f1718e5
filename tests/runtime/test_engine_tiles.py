"""Photos that LiteRT and ONNX files label in tiles."""

import pathlib

import keras
import numpy as np
import pytest

from keras_rcnn import RecurrentCNN, RecurrentPyramid, SceneLabeler
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_litert, export_onnx
from keras_rcnn.runtime.loading import load_labeler
from keras_rcnn.runtime.tile_context import TILES_FILE, TileContext

pytest.importorskip("ai_edge_litert")
SHIPPED = (
    pathlib.Path(__file__)
    .parents[2]
    .joinpath("saved_models", "rcnn2_stanford_background", "litert")
)
LONG = pytest.mark.long
# Of each network: choices, and the memory that cuts the photo.
CASES = {
    "finest": ({}, 1),
    "interpolated_and_smoothed": ({"output_resolution": 4, "smoothing": 5}, 1),
    "pyramid": ({"output_resolution": 4}, 2),
}


def a_photo(height, width):
    """Noise on a slope from black to white: each tile has other statistics."""
    slope = np.linspace(0, 200, height * width).reshape(height, width, 1)
    noise = np.random.default_rng(0).integers(0, 56, (height, width, 3))
    return (slope + noise).astype(np.uint8)


def network(name):
    keras.utils.set_random_seed(0)
    if name == "pyramid":
        model = RecurrentPyramid(3, levels=2, width=4, eye_filters=(4, 4))
        model.build((None, None, None, 3))
        return model
    return RecurrentCNN.from_stages("6x4p2", 3, 2)


def export(model, path, **choices):
    write = export_litert if path.suffix == ".tflite" else export_onnx
    return write(model, path, output="probabilities", **choices)


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        pytest.param("finest", "tflite", marks=LONG),
        pytest.param(
            "interpolated_and_smoothed", "tflite", marks=pytest.mark.slow
        ),
        pytest.param("pyramid", "tflite", marks=LONG),
        pytest.param("finest", "onnx", marks=LONG),
        pytest.param("pyramid", "onnx", marks=LONG),
        pytest.param(
            "interpolated_and_smoothed",
            "onnx",
            marks=pytest.mark.extras(name="onnx"),
        ),
    ],
)
def test_tiles_give_the_labels_of_the_whole_photo(name, engine, tmp_path):
    choices, memory_mb = CASES[name]
    model = network(name)
    file = export(model, tmp_path / f"m.{engine}", **choices)
    photo = a_photo(131, 203)
    tiled, whole = (load_labeler(file, memory_mb=mb) for mb in (memory_mb, 1e4))
    done = []
    bands = list(tiled.label_in_bands(photo, True, done.append))
    assert len(done) > 3
    assert sum(done) == 131 * 203
    expected, probabilities = whole(photo, return_probabilities=True)
    truth = SceneLabeler(model, **choices)(photo)
    assert np.mean(expected == truth) > 0.999
    assert len(np.unique(expected)) > 1
    for labels, shares in (
        tiled(photo, return_probabilities=True),
        [np.concatenate([b[n] for b in bands]) for n in bands[0]],
    ):
        np.testing.assert_allclose(shares, probabilities, atol=2e-5)
        np.testing.assert_array_equal(labels, expected)


@pytest.mark.long
@pytest.mark.parametrize("engine", ["tflite", "onnx"])
def test_a_file_that_gives_labels_alone(engine, tmp_path):
    model = network("finest")
    write = export_litert if engine == "tflite" else export_onnx
    labeler = load_labeler(
        write(model, tmp_path / f"m.{engine}"), memory_mb=0.1
    )
    photo = a_photo(70, 50)
    assert np.mean(labeler(photo) == SceneLabeler(model)(photo)) > 0.999
    with pytest.raises(InputError, match="without probabilities"):
        next(labeler.label_in_bands(photo, return_probabilities=True))


@pytest.mark.parametrize("name", ["float32", "any_size"])
def test_files_that_do_not_state_how_photos_are_cut(name):
    """For photos of one size, and written by an earlier version."""
    labeler = load_labeler(SHIPPED / f"{name}.tflite", memory_mb=0.1)
    assert labeler.tiles is None
    assert labeler(a_photo(50, 40)).shape == (50, 40)
    with pytest.raises(InputError, match="does not state how to label a photo"):
        next(labeler.label_in_bands(a_photo(20, 30)))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "8",
        '{"context": 8}',
        '{"context": 9, "stride": 8, "bytes_a_pixel": 1}',
        '{"context": 0, "stride": 8, "bytes_a_pixel": 1}',
        '{"context": 8, "stride": 8, "bytes_a_pixel": 1.5}',
        '{"context": 1e99, "stride": 8, "bytes_a_pixel": 1}',
        "{",
    ],
)
def test_other_descriptions_of_tiles_are_refused(text):
    with pytest.raises(ValueError, match=rf"{TILES_FILE}|JSON|Expecting"):
        TileContext.from_text(text)
