"""The ten lines of Keras in the README."""

import numpy as np
import pytest

import keras_rcnn
from keras_rcnn.datasets import load_dataset


@pytest.mark.slow
def test_they_train_to_85_percent(tmp_path):
    """In an epoch, a few minutes; 94 % of the pixels when it was written."""
    train = load_dataset("synthetic")
    test = load_dataset("synthetic", split="test")
    model = keras_rcnn.RecurrentCNN.from_preset(
        "rcnn2", class_names=train.class_names, palette=train.palette
    )
    metrics = [keras_rcnn.metrics.PixelAccuracy(train.num_classes)]
    model.compile("muon", metrics=metrics)
    model.fit(train.batches(2, flip=True), epochs=1, verbose=0)
    keras_rcnn.save_model(model, tmp_path / "scenes.keras")

    logs = model.evaluate(
        test.batches(1, shuffle=False), verbose=0, return_dict=True
    )
    assert logs["pixel_accuracy"] > 0.85
    labeler = keras_rcnn.load_labeler(
        tmp_path / "scenes.keras", output_resolution=8
    )
    right = [
        labeler(example["image"]) == example["label"]
        for example in test.examples.take(10).as_numpy_iterator()
    ]
    assert np.mean(right) > 0.8
