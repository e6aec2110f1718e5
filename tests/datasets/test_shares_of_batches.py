"""Workers that sample together sample what one of them would."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import load_dataset, sample_crops, sample_patches
from keras_rcnn.layers.geometry import StackGeometry

GEOMETRY = StackGeometry(((2, 1), (2, 2)))


@pytest.fixture(scope="module")
def examples():
    return load_dataset("synthetic", split="test").examples.take(5)


@pytest.mark.parametrize("sample", [sample_crops, sample_patches])
@pytest.mark.parametrize("workers", [2, 3])
def test_the_parts_of_all_workers_are_the_batches_of_one(
    examples, sample, workers
):
    choices = {"grid_size": 2} if sample is sample_crops else {}

    def windows(context):
        batches = sample(
            examples,
            GEOMETRY,
            1,
            batch_size=6,
            start=1,
            context=context,
            **choices,
        )
        return [images.numpy() for images, *_ in batches.take(2)]

    whole = windows(None)
    parts = [
        windows(tf.distribute.InputContext(workers, index, workers))
        for index in range(workers)
    ]
    for step, batch in enumerate(whole):
        for index, part in enumerate(parts):
            np.testing.assert_array_equal(part[step], batch[index::workers])
