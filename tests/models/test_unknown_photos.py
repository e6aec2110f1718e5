"""Photos without any labeled pixel in batches of `fit`."""

import numpy as np

import keras_rcnn


def test_a_batch_of_unknown_pixels_changes_no_weight():
    model = keras_rcnn.RecurrentCNN.from_stages("4x6p2,6x4", 3, num_instances=2)
    model.compile("sgd")
    before = model.get_weights()
    photos = np.random.default_rng(0).integers(0, 256, (2, 9, 11, 3), np.uint8)
    unknown = np.full((2, 9, 11), 255, np.uint8)

    history = model.fit(photos, unknown, batch_size=2, verbose=0)

    assert history.history["loss"] == [0.0]
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)
