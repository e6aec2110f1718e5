"""Batches of whole or cropped photos with their label maps."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import IGNORE_LABEL, SceneDataset
from keras_rcnn.datasets.in_memory import examples_in_memory

SIZES = ((12, 17), (20, 9), (7, 8))


def labels_of(image):
    """Labels by the pixels, which are all different within a photo."""
    return ((image[..., 0].astype(int) + image[..., 1]) % 5).astype(np.uint8)


@pytest.fixture
def dataset():
    images = []
    for number, (height, width) in enumerate(SIZES):
        rows, columns = np.mgrid[:height, :width]
        blue = np.full_like(rows, 40 * (number + 1))
        images.append(np.stack([3 * rows, 5 * columns, blue], -1))
    images = [image.astype(np.uint8) for image in images]
    labels = [labels_of(image) for image in images]
    examples = examples_in_memory(images, labels, ["a", "b", "c"])
    names = tuple("vwxyz")
    return SceneDataset("small", names, ((0, 0, 0),) * 5, examples, 3)


def pixels(dataset, photo):
    """The uint8 pixels of a standardized photo and which are padding."""
    for example in dataset.examples.as_numpy_iterator():
        whole = example["image"]
        restored = photo * whole.std(dtype=np.float64) + whole.mean()
        inside = photo.any(axis=-1)
        if np.allclose(restored[inside][:, 2], whole[0, 0, 2], atol=1e-3):
            return np.rint(restored).astype(int), inside, example["name"]
    raise AssertionError("No photo has this blue.")


def one_epoch(batches):
    return [
        (photo, labels)
        for photos, label_maps in batches.as_numpy_iterator()
        for photo, labels in zip(photos, label_maps, strict=True)
    ]


@pytest.mark.parametrize("crop", [None, (8, 6), (15, 10)])
@pytest.mark.parametrize("batch_size", [1, 2])
def test_every_photo_once_with_the_labels_of_its_pixels(
    dataset, crop, batch_size
):
    batches = dataset.batches(batch_size, crop=crop, flip=True)
    height, width = crop or (None, None)
    assert batches.element_spec == (
        tf.TensorSpec((None, height, width, 3), tf.float32),
        tf.TensorSpec((None, height, width), tf.uint8),
    )

    seen = []
    for photo, labels in one_epoch(batches):
        image, inside, name = pixels(dataset, photo)
        seen.append(name)
        np.testing.assert_array_equal(labels[inside], labels_of(image)[inside])
        assert (labels[~inside] == IGNORE_LABEL).all()
        if crop is None:
            whole = SIZES["abc".index(name.decode())]
            assert inside.sum() == np.prod(whole)
        else:
            sides = SIZES["abc".index(name.decode())]
            assert inside.sum() == np.prod(np.minimum(sides, crop))
    assert sorted(seen) == [b"a", b"b", b"c"]


def test_a_seed_decides_crops_and_order_and_epochs_differ(dataset):
    def two_epochs(seed):
        batches = dataset.repeat(4).batches(1, (4, 4), flip=True, seed=seed)
        epochs = [one_epoch(batches), one_epoch(batches)]
        return [np.stack([photo for photo, _ in epoch]) for epoch in epochs]

    first, second = two_epochs(seed=1)
    again, _ = two_epochs(seed=1)
    other, _ = two_epochs(seed=2)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_only_flipping_mirrors(dataset):
    for flip, directions in ((False, {1}), (True, {1, -1})):
        batches = dataset.repeat(8).batches(1, flip=flip)
        seen = {
            np.sign(photo[0, -1, 1] - photo[0, 0, 1])
            for photo, _ in one_epoch(batches)
        }
        assert seen == directions


def test_without_shuffling_the_order_is_that_of_the_data_set(dataset):
    batches = dataset.batches(1, shuffle=False)
    sizes = [photo.shape[:2] for photo, _ in one_epoch(batches)]
    assert tuple(sizes) == SIZES


def test_the_number_of_batches_is_known(dataset):
    assert dataset.batches(2).cardinality() == 2
