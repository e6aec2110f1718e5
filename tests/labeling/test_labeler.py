"""Every labeler satisfies the protocol `Labeler`."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn import RecurrentCNN, SceneLabeler, labeling, load_labeler
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_litert, export_onnx, export_saved_model
from keras_rcnn.labeling.batch_labeler import BatchLabeler
from keras_rcnn.labeling.labeler import (
    BandLabeler,
    Labeler,
    TooLargeError,
    naming_photo,
)
from keras_rcnn.runtime.engine_labeler import EngineLabeler

NAMES = ("sky", "wet grass", "road #2")
PALETTE = ((1, 2, 3), (40, 50, 60), (255, 0, 171))
PHOTOS = np.random.default_rng(0).integers(0, 256, (2, 9, 14, 3), np.uint8)


@pytest.fixture(scope="module")
def reference():
    keras.utils.set_random_seed(0)
    model = RecurrentCNN.from_stages("6x4p2", 3, 2, NAMES, PALETTE)
    return SceneLabeler(model, output_resolution=4, num_instances=2)


def network(reference, folder):
    return SceneLabeler(reference.model, output_resolution=4, num_instances=2)


def one_view(reference, folder):
    return labeling.TestTimeAugmentation(reference, flip=False)


def one_model(reference, folder):
    return labeling.Ensemble([reference])


def saved_model(reference, folder, **choices):
    path = folder / "saved_model"
    if not path.exists():
        export_saved_model(reference, path)
        (path / "model.keras").unlink()
    return load_labeler(path, **choices)


def one_signature(reference, folder):
    return saved_model(reference, folder, output_resolution=4)


def litert(reference, folder, **options):
    pytest.importorskip("ai_edge_litert")
    file = folder / "model.tflite"
    export_litert(reference.model, file, None, 4, 2, **options)
    return load_labeler(file, num_threads=1)


def litert_probabilities(reference, folder):
    return litert(reference, folder, output="probabilities")


def onnx(reference, folder, **options):
    pytest.importorskip("onnxruntime")
    file = folder / "model.onnx"
    export_onnx(
        reference.model, file, output_resolution=4, num_instances=2, **options
    )
    return load_labeler(file, num_threads=1)


# Each with what it gives: probabilities of all classes, and of the label.
LABELERS = {
    network: (True, True),
    one_view: (True, True),
    one_model: (True, True),
    saved_model: (True, True),
    one_signature: (False, True),
    litert: (False, False),
    litert_probabilities: (True, True),
    onnx: (False, False),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("labelers")


@pytest.fixture(scope="module", params=LABELERS, ids=lambda make: make.__name__)
def case(request, reference, folder):
    make = request.param
    labeler = make(reference, folder)
    return labeler, *LABELERS[make]


def test_satisfies_the_protocol(case):
    labeler = case[0]
    assert isinstance(labeler, Labeler)
    cuts = isinstance(labeler, SceneLabeler | EngineLabeler)
    assert isinstance(labeler, BandLabeler) == cuts
    assert (labeler.class_names, labeler.palette) == (NAMES, PALETTE)
    settings = (
        labeler.num_instances,
        labeler.output_resolution,
        labeler.smoothing,
    )
    assert settings in ((2, 4, 1), (None, None, None))


def test_labels_photos_and_batches(case, reference):
    labeler = case[0]
    labels = labeler(PHOTOS)
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(labels, reference(PHOTOS))
    for photo, expected in zip(PHOTOS, labels, strict=True):
        np.testing.assert_array_equal(labeler(photo), expected)


def test_gives_the_probabilities_of_all_classes(case, reference):
    labeler, gives_probabilities, _ = case
    if not gives_probabilities:
        with pytest.raises(InputError, match="without probabilities"):
            labeler.predict_proba(PHOTOS)
        return
    found = labeler.predict_proba(PHOTOS)
    assert found.dtype == np.float32
    expected = reference.predict_proba(PHOTOS)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(
        labeler.predict_proba(PHOTOS[1]), expected[1], atol=1e-5
    )


def test_gives_the_probability_of_each_label(case, reference):
    labeler, _, gives_confidence = case
    labels, confidence = labeler.label_with_confidence(PHOTOS[0])
    np.testing.assert_array_equal(labels, labeler(PHOTOS[0]))
    if not gives_confidence:
        assert confidence is None
        return
    probabilities = reference.predict_proba(PHOTOS[0])
    for label, sure, expected in zip(
        labels.flat, confidence.flat, probabilities.reshape(-1, 3), strict=True
    ):
        assert sure == pytest.approx(expected[label], abs=1e-5)


@pytest.mark.parametrize(
    ("photos", "message"),
    [
        (PHOTOS.astype("float32"), "float32"),
        (PHOTOS[0, 0], r"\(14, 3\)"),
        (PHOTOS[..., :1], r"\(2, 9, 14, 1\)"),
        (PHOTOS[:, :0], "no pixels"),
    ],
)
def test_other_types_and_shapes_are_refused(case, photos, message):
    with pytest.raises(InputError, match=message):
        case[0](photos)


class SmallResults(EngineLabeler):
    """Gives the same labels or probabilities for every photo."""

    size = (3, 5)
    class_names = tuple(map(str, range(15)))
    _run_tile = None

    def __init__(self, results):
        self.results = results

    def _run(self, photo):
        assert photo.shape == (3, 5, 3)
        return self.results


def test_results_of_a_scaled_photo_have_the_size_of_the_photo():
    photo = PHOTOS[0].repeat(2, axis=0)[:12, :10]
    labels = np.arange(15).reshape(3, 5).astype(np.uint8)
    np.testing.assert_array_equal(
        SmallResults(labels)(photo), labels.repeat(4, axis=0).repeat(2, axis=1)
    )
    shares = np.random.default_rng(0).random((3, 5, 4), np.float32)
    np.testing.assert_array_equal(
        SmallResults(shares).predict_proba(photo),
        shares.repeat(4, axis=0).repeat(2, axis=1),
    )


class OutOfMemory(BatchLabeler):
    too_large_errors = (tf.errors.ResourceExhaustedError,)

    def _label(self, photos, probabilities):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM")


@pytest.mark.parametrize(
    "method", ["__call__", "predict_proba", "label_with_confidence"]
)
def test_a_photo_too_large_for_the_memory(method):
    label = getattr(OutOfMemory(), method)
    with pytest.raises(TooLargeError, match="The photo, 14x9 pixels, is too"):
        label(PHOTOS)
    with (
        pytest.raises(InputError, match=r"big\.jpg, 14x9 pixels, is too large"),
        naming_photo("big.jpg"),
    ):
        label(PHOTOS[0])
