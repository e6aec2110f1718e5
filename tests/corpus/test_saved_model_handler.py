"""A SavedModel as RunInference uses it."""

import concurrent.futures
import pathlib

import numpy as np
import pytest

pytest.importorskip("apache_beam")
from keras_rcnn.corpus import saved_model_handler
from keras_rcnn.corpus.corpus_settings import choose_model
from keras_rcnn.corpus.saved_model_handler import SavedModelHandler
from keras_rcnn.runtime.saved_model_labeler import SavedModelLabeler

pytestmark = pytest.mark.extras(name="beam")
MODEL = (
    pathlib.Path(__file__).parents[2]
    / "saved_models"
    / "rcnn2_stanford_background"
)


@pytest.fixture
def loads(monkeypatch):
    """The models that are loaded, as they are loaded."""
    loaded = []

    def load(*arguments):
        loaded.append(arguments)
        return SavedModelLabeler(*arguments)

    monkeypatch.setattr(saved_model_handler, "SavedModelLabeler", load)
    return loaded


@pytest.fixture
def handler():
    return SavedModelHandler(choose_model(str(MODEL), output_resolution=8))


def test_a_batch_is_labeled_as_its_photos_are(handler, noise):
    photos = [noise, noise[::-1], noise // 2]
    labeler = SavedModelLabeler(MODEL, "resolution_8")

    results = handler.run_inference(photos, handler.load_model())

    for photo, result in zip(photos, results, strict=True):
        labels, confidence = labeler.label_with_confidence(photo[None])
        np.testing.assert_array_equal(result.labels, labels[0])
        np.testing.assert_array_equal(labels, labeler(photo[None]))
        assert result.mean_confidence == pytest.approx(
            sum(confidence.ravel().tolist()) / confidence.size
        )


def test_threads_load_one_model_and_only_when_they_need_it(
    handler, noise, loads
):
    model = handler.load_model()
    assert not loads
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        asked = [
            threads.submit(handler.run_inference, [noise], model)
            for _ in range(8)
        ]
        results = [each.result() for each in asked]
    assert len(loads) == 1
    for (result,) in results:
        np.testing.assert_array_equal(result.labels, results[0][0].labels)


def test_counts_the_bytes_of_a_batch(handler, noise):
    assert handler.get_num_bytes([noise, noise]) == 2 * 24 * 36 * 3
