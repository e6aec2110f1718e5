"""The Keras metrics against a count in NumPy, alone and inside `fit`."""

import keras
import numpy as np
import pytest

from keras_rcnn.metrics import ClassAccuracy, MeanIoU, PixelAccuracy
from tests.metrics.test_confusion_matrix import numpy_twin

METRICS = (PixelAccuracy, ClassAccuracy, MeanIoU)
NUM_CLASSES = 7


def photos(seed):
    """Truth with unknown pixels and absent classes, and labels."""
    rng = np.random.default_rng(seed)
    truth = rng.choice([0, 1, 2, 4, 6, 255], size=(2, 31, 17)).astype(np.uint8)
    labels = rng.choice([0, 1, 3, 4], size=(2, 31, 17)).astype(np.uint8)
    return truth, labels


@pytest.mark.parametrize("seed", range(3))
def test_labels_or_scores_photo_by_photo(seed):
    truth, labels = photos(seed)
    expected = numpy_twin(truth, labels, NUM_CLASSES)
    scores = np.eye(NUM_CLASSES)[labels].astype(np.float32)
    for kind, score in zip(METRICS, expected, strict=True):
        for predictions in (labels, scores):
            metric = kind(NUM_CLASSES)
            for photo in range(2):
                metric.update_state(truth[photo], predictions[photo])
            assert float(metric.result()) == pytest.approx(score)
            metric.reset_state()
            assert np.isnan(metric.result())


def test_sample_weights_count_pixels_or_photos_several_times():
    truth, labels = photos(0)
    often = np.array([3, 1])
    expected = numpy_twin(
        np.repeat(truth, often, axis=0),
        np.repeat(labels, often, axis=0),
        NUM_CLASSES,
    )
    by_pixel = np.broadcast_to(often[:, None, None], truth.shape) / 2
    for kind, score in zip(METRICS, expected, strict=True):
        for weights in (often, by_pixel):
            value = kind(NUM_CLASSES)(truth, labels, weights)
            assert float(value) == pytest.approx(score)


@pytest.mark.parametrize("kind", METRICS)
def test_it_can_be_serialized_and_built_again(kind):
    metric = kind(3, ignore_label=9, name="score")
    again = keras.metrics.deserialize(keras.metrics.serialize(metric))
    assert type(again) is kind
    assert again.get_config() == metric.get_config()
    assert again.name == "score"
    assert float(again([0, 9], [0, 1])) == 1


def test_they_work_in_fit():
    inputs = keras.Input((5, 2))
    model = keras.Model(inputs, inputs)
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=255)
    model.compile(loss=loss, metrics=[kind(2) for kind in METRICS])
    truth = np.array([[0, 0, 0, 1, 255]])
    labels = np.array([[0, 0, 1, 1, 1]])
    logs = model.evaluate(np.eye(2)[labels], truth, verbose=0, return_dict=True)
    del logs["loss"]
    # 3 of 4; (2/3 + 1) / 2; (2/3 + 1/2) / 2.
    assert logs == pytest.approx(
        {"pixel_accuracy": 3 / 4, "class_accuracy": 5 / 6, "mean_iou": 7 / 12}
    )
