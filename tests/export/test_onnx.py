"""ONNX files as ONNX Runtime and OpenVINO run them."""

import numpy as np
import pytest

from keras_rcnn import SceneLabeler
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_onnx
from keras_rcnn.runtime.loading import load_labeler
from tests.helpers.feedback_model import (
    NAMES,
    PALETTE,
    feedback_model,
    smooth_photos,
)

pytest.importorskip("tf2onnx")
import openvino

pytestmark = pytest.mark.extras(name="onnx")
AGREEMENT = 0.999


@pytest.fixture(scope="module")
def model():
    return feedback_model()


@pytest.fixture(scope="module")
def photo():
    (photo,) = smooth_photos((40, 56))
    return photo


@pytest.fixture(scope="module")
def file(model, tmp_path_factory):
    """For any size, at full resolution."""
    return export_onnx(model, tmp_path_factory.mktemp("onnx") / "m.onnx")


@pytest.mark.parametrize("shape", [(40, 56), (17, 9), (1, 1)])
def test_onnx_runtime(model, photo, file, shape):
    height, width = shape
    part = photo[:height, :width]
    labeler = load_labeler(file, num_threads=1)
    assert labeler.class_names == NAMES
    assert labeler.palette == PALETTE
    labels = labeler(part)
    assert labels.dtype == np.uint8
    truth = SceneLabeler(model)(part[np.newaxis])[0]
    assert np.mean(labels == truth) >= AGREEMENT


@pytest.mark.parametrize("shape", [(40, 56), (17, 9)])
def test_openvino(model, photo, file, shape):
    height, width = shape
    part = photo[np.newaxis, :height, :width]
    core = openvino.Core()
    # The processor may have bfloat16.
    exactly = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(file), "CPU", exactly)
    labels = compiled([part])[0]
    assert np.mean(labels == SceneLabeler(model)(part)) >= AGREEMENT


@pytest.mark.parametrize(
    ("num_instances", "output_resolution", "smoothing"),
    [(3, 8, 1), (3, 4, 1), (3, 2, 1), (2, 1, 1), (3, 1, 5)],
)
def test_choices(
    model, photo, tmp_path, num_instances, output_resolution, smoothing
):
    choices = {
        "num_instances": num_instances,
        "output_resolution": output_resolution,
        "smoothing": smoothing,
    }
    file = export_onnx(model, tmp_path / "m.onnx", **choices)
    labels = load_labeler(file)(photo)
    truth = SceneLabeler(model, **choices)(photo[np.newaxis])[0]
    assert np.mean(labels == truth) >= AGREEMENT


def test_one_size(model, photo, tmp_path):
    """Photos of another are scaled to it."""
    file = export_onnx(model, tmp_path / "m.onnx", (40, 56), 4)
    labeler = load_labeler(file)
    truth = SceneLabeler(model, output_resolution=4)(photo[np.newaxis])[0]
    assert np.mean(labeler(photo) == truth) >= AGREEMENT
    doubled = labeler(photo.repeat(2, axis=0).repeat(2, axis=1))
    assert doubled.shape == (80, 112)
    assert np.mean(doubled[::2, ::2] == truth) > 0.9


def test_probabilities(model, photo, tmp_path):
    file = export_onnx(model, tmp_path / "m.onnx", output="probabilities")
    import onnxruntime

    session = onnxruntime.InferenceSession(file)
    (probabilities,) = session.run(None, {"images": photo[np.newaxis]})
    labels, truth = SceneLabeler(model)(
        photo[np.newaxis], return_probabilities=True
    )
    np.testing.assert_allclose(probabilities, truth, atol=1e-5)
    assert np.mean(load_labeler(file)(photo) == labels[0]) >= AGREEMENT


def test_bad_files_and_choices(model, file, tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(InputError, match="is no ONNX file"):
        load_labeler(broken)
    with pytest.raises(InputError, match="leave method= out"):
        load_labeler(file, method="patches")
    with pytest.raises(InputError, match="no output 'scores'"):
        export_onnx(model, tmp_path / "m.onnx", output="scores")
    assert not (tmp_path / "m.onnx").exists()
