"""What a model does not know about photos, and the order made of it."""

import itertools

import keras
import numpy as np
import pytest

from keras_rcnn import RecurrentCNN, SceneLabeler
from keras_rcnn.labeling import Ensemble, UncertaintyEstimator, rank_photos

PHOTO = np.random.default_rng(0).integers(0, 256, (13, 18, 3), np.uint8)


@pytest.fixture(scope="module")
def labeler():
    keras.utils.set_random_seed(0)
    model = RecurrentCNN.from_stages("6x4p2", 3, 2)
    model.set_weights([3 * weight for weight in model.get_weights()])
    return SceneLabeler(model, output_resolution=4)


def test_uncertainty_and_disagreement_of_instances(labeler):
    unknown = UncertaintyEstimator(labeler)(PHOTO)

    first = SceneLabeler(
        labeler.model, num_instances=1, output_resolution=2
    ).predict_proba(PHOTO)
    last = labeler.predict_proba(PHOTO)
    for row, column in itertools.product(range(13), range(18)):
        before, after = first[row, column], last[row, column]
        assert unknown.uncertainty[row, column] == pytest.approx(1 - max(after))
        # What has to be moved from one distribution to get the other.
        moved = sum(max(0, b - a) for a, b in zip(after, before, strict=True))
        assert unknown.disagreement[row, column] == pytest.approx(
            moved, abs=1e-6
        )
    assert unknown.disagreement.max() > 0.1
    np.testing.assert_array_equal(unknown.labels, last.argmax(axis=-1))
    assert unknown.score == pytest.approx(
        unknown.uncertainty.mean() + unknown.disagreement.mean()
    )
    # The upper left of 4x4 cells.
    np.testing.assert_allclose(
        16 * unknown.description[:3], last[:3, :4].mean(axis=(0, 1)), rtol=1e-5
    )
    assert unknown.description.shape == (48,)
    assert unknown.description.sum() == pytest.approx(1)
    # Whole even where a photo has fewer pixels than cells.
    tiny = UncertaintyEstimator(labeler)(PHOTO[:1, :2])
    assert tiny.description.sum() == pytest.approx(1)


def test_models_and_their_instances_disagree(labeler):
    models = [labeler, labeler.with_instances(1)]
    unknown = UncertaintyEstimator(Ensemble(models))(PHOTO)

    second, first = (each.predict_proba(PHOTO) for each in models)
    mean = (first + second) / 2
    # Two models, and the first instance of one of them.
    distances = [
        np.abs(each - mean).sum(axis=-1) / 2 for each in (second, first, first)
    ]
    np.testing.assert_allclose(
        unknown.disagreement, np.mean(distances, axis=0), atol=1e-6
    )


def test_uncertain_photos_first_and_no_two_alike():
    descriptions = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.4, 0.6]])
    # 0 first; of the others 0.8 * 0.1, 0.5 * 1 and 0.7 * 0.6; then 0.8 * 0.1
    # and 0.7 * 0.4.
    assert rank_photos([0.9, 0.8, 0.5, 0.7], descriptions) == [0, 2, 3, 1]
    # Of photos that are all alike, the most uncertain ones come first.
    assert rank_photos([0.1, 0.3, 0.2], np.ones((3, 2)) / 2) == [1, 2, 0]
    assert rank_photos([], np.zeros((0, 2))) == []
