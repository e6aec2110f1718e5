"""Several views of a photo, against each view on its own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn import RecurrentCNN, SceneLabeler, labeling
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.resizing import resize_smoothly


@pytest.fixture(scope="module")
def labeler():
    keras.utils.set_random_seed(0)
    model = RecurrentCNN.from_preset("rcnn2", 4)
    return SceneLabeler(model, output_resolution=2, num_instances=1)


@pytest.fixture(scope="module")
def photo():
    return np.random.default_rng(0).integers(0, 256, (1, 21, 30, 3), np.uint8)


def test_one_view_is_the_labeler(labeler, photo):
    labels, probabilities = labeler(photo, return_probabilities=True)
    average = labeling.TestTimeAugmentation(labeler, flip=False)
    np.testing.assert_array_equal(average(photo), labels)
    _, same = average(photo, return_probabilities=True)
    np.testing.assert_array_equal(same, probabilities)


def test_a_photo_and_its_mirror_image_are_averaged(labeler, photo):
    _, straight = labeler(photo, return_probabilities=True)
    _, mirrored = labeler(photo[:, :, ::-1], return_probabilities=True)
    expected = (straight + mirrored[:, :, ::-1]) / 2
    labels, average = labeling.TestTimeAugmentation(labeler)(
        photo, return_probabilities=True
    )
    np.testing.assert_allclose(average, expected, atol=1e-6)
    np.testing.assert_array_equal(labels, np.argmax(expected, axis=-1))
    # Hence the mirror image has mirrored labels.
    other = labeling.TestTimeAugmentation(labeler)(photo[:, :, ::-1])
    np.testing.assert_array_equal(labels, other[:, :, ::-1])


def test_scales_are_averaged_at_the_size_of_the_photo(labeler):
    # A photo of one color looks the same at every scale, but for its edges.
    gray = np.full((1, 64, 80, 3), 90, np.uint8)
    gray[:, ::2] = 140
    small = labeling.TestTimeAugmentation(labeler, scales=(0.5,), flip=False)
    labels, probabilities = small(gray, return_probabilities=True)
    assert labels.shape == (1, 64, 80)
    flat = np.full((1, 32, 40, 3), 115, np.uint8)
    _, expected = labeler(flat, return_probabilities=True)
    middle = expected[0, 16, 20]
    np.testing.assert_allclose(probabilities[0, 32, 40], middle, atol=1e-3)


@pytest.mark.parametrize("scales", [(), (1.0, 0.0), (-1.0,)])
def test_scales_that_are_none(labeler, scales):
    with pytest.raises(InputError, match="Scales"):
        labeling.TestTimeAugmentation(labeler, scales)


@pytest.mark.parametrize("size", [(9, 31), (21, 30), (23, 33), (50, 7), (1, 1)])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_views_are_resized_as_by_tensorflow(photo, size, dtype):
    """To the last bit, so that scores do not depend on who resizes."""
    planes = (photo / np.float32(3)).astype(dtype)
    expected = tf.image.resize(planes, size, antialias=True)
    np.testing.assert_array_equal(resize_smoothly(planes, *size), expected)
