"""The recurrence: sharing, choice of instances, saving, refusals."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.models import RecurrentCNN, load_model
from tests.helpers.oracle import NumpyNetwork


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return RecurrentCNN.from_preset(
        "rcnn2", 2, ["sky", "road"], [(1, 2, 3), (4, 5, 6)]
    )


@pytest.fixture(scope="module")
def patch():
    return np.random.default_rng(0).normal(size=(155, 155, 3))


# conv 8x8x(N+3)x25 + 25, conv 8x8x25x50 + 50, conv 50xN + N for N = 8:
# 17,625 + 80,050 + 408 = 98,083. The others likewise; the plain network has
# no score planes to see: 6*6*3*25 + 25 + 3*3*25*50 + 50 + 7*7*50*8 + 8.
@pytest.mark.parametrize(
    ("preset", "count"),
    [("rcnn2", 98083), ("rcnn1", 178533), ("plain", 33633)],
)
def test_capacity(preset, count):
    assert RecurrentCNN.from_preset(preset, 8).count_params() == count


@pytest.mark.parametrize("instances", [1, 2, 3])
def test_a_patch_scores_as_in_the_oracle(model, patch, instances):
    size = model.geometry.receptive_field(instances)
    edge = (155 - size) // 2
    inner = patch[edge : edge + size, edge : edge + size]
    planes = model(inner[np.newaxis].astype("float32"), num_instances=instances)
    expected = NumpyNetwork(model).score(inner, instances)
    result = planes[f"instance_{instances}"]
    assert list(planes) == [f"instance_{p + 1}" for p in range(instances)]
    np.testing.assert_allclose(result[0, 0, 0], expected, atol=1e-5)


def test_probabilities_are_fed_back(patch):
    model = RecurrentCNN.from_preset("rcnn2", 2, feedback="probabilities")
    rng = np.random.default_rng(1)
    model.set_weights(
        [rng.normal(0, 0.04, w.shape) for w in model.get_weights()]
    )
    planes = model(patch[np.newaxis].astype("float32"))
    expected = NumpyNetwork(model).score(patch, 3)
    np.testing.assert_allclose(
        planes["instance_3"][0, 0, 0], expected, atol=1e-5
    )
    # 4 * (9 / 10 - 1 / 2)
    np.testing.assert_allclose(
        model.feed_back(np.log([[9.0, 1.0], [1.0, 1.0]])),
        [[1.6, -1.6], [0.0, 0.0]],
        atol=1e-6,
    )


def test_kernels_of_presets_start_as_they_are_told():
    model = RecurrentCNN.from_preset("rcnn2", 2, initializer="ones")
    kernels = [w.numpy() for w in model.weights if len(w.shape) == 4]
    # Those of the image, as score planes count for nothing at first.
    assert np.all(kernels[0][:, :, 2:] == 1)
    assert all(np.all(kernel == 1) for kernel in kernels[1:])


def test_there_is_no_other_feedback():
    with pytest.raises(ValueError, match="no feedback 'labels'"):
        RecurrentCNN.from_preset("rcnn2", 2, feedback="labels")


def test_every_weight_has_a_gradient(model, patch):
    with tf.GradientTape() as tape:
        planes = model(patch[np.newaxis].astype("float32"), num_instances=3)
        loss = tf.reduce_sum(planes["instance_3"])
    gradients = tape.gradient(loss, model.trainable_variables)
    assert all(gradient is not None for gradient in gradients)


def test_first_planes_do_not_depend_on_the_number_of_instances(model, patch):
    image = patch[np.newaxis].astype("float32")
    np.testing.assert_array_equal(
        model(image, num_instances=1)["instance_1"],
        model(image, num_instances=3)["instance_1"],
    )


def test_a_file_keeps_names_colors_and_instances(model, tmp_path):
    model.save(tmp_path / "model.keras")
    for place in (tmp_path, tmp_path / "model.keras"):
        twin = load_model(place)
        assert twin.class_names == ("sky", "road")
        assert twin.palette == ((1, 2, 3), (4, 5, 6))
        assert twin.num_instances == 3


def test_copy_in_another_precision(model, patch):
    image = patch[np.newaxis].astype("float32")
    exact = model(image)["instance_3"].numpy()
    rough = model.copy(dtype="mixed_bfloat16")(image)["instance_3"]
    assert not np.array_equal(rough, exact)
    np.testing.assert_allclose(rough, exact, atol=0.05 * np.ptp(exact) + 0.05)


def test_too_small_an_image_names_the_size_needed(model):
    with pytest.raises(InputError, match=r"66x80.*2 instance.*67x67"):
        model(np.zeros((1, 66, 80, 3), "float32"), num_instances=2)


@pytest.mark.parametrize(("preset", "instances"), [("plain", 2), ("rcnn2", -1)])
def test_impossible_instances_are_refused(preset, instances):
    model = RecurrentCNN.from_preset(preset, 2)
    with pytest.raises(InputError, match=f"{instances} instances"):
        model(np.zeros((1, 200, 200, 3), "float32"), num_instances=instances)


def test_names_and_colors_must_fit_the_classes():
    with pytest.raises(ValueError, match="2 classes need as many"):
        RecurrentCNN.from_preset("rcnn2", 2, ["sky"])


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="no model there"):
        load_model(tmp_path)
    (tmp_path / "model.keras").write_text("not a model")
    with pytest.raises(InputError, match="not a readable Keras model"):
        load_model(tmp_path)
    image = keras.Input((1,))
    keras.Model(image, keras.layers.Dense(1)(image)).save(
        tmp_path / "model.keras"
    )
    with pytest.raises(InputError, match="a Functional, not a RecurrentCNN"):
        load_model(tmp_path)


def test_presets_are_listed():
    with pytest.raises(InputError, match=r"'magic'.*rcnn1.*rcnn2_sift_flow"):
        RecurrentCNN.from_preset("magic", 2)
    with pytest.raises(InputError, match="give num_classes="):
        RecurrentCNN.from_preset("rcnn2")


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ("25x8p2,50x", "'50x' is not a stage"),
        ("25x8,,50x8", "'' is not a stage"),
        ("25x0", "'25x0' is not a stage"),
        ("25x8", "receptive field is 8.* odd"),
    ],
)
def test_stages_that_cannot_be(stages, message):
    with pytest.raises(InputError, match=message):
        RecurrentCNN.from_stages(stages, 2)


def test_a_shipped_network_as_it_is_or_with_other_classes():
    name = "rcnn2_stanford_background"
    trained = RecurrentCNN.from_preset(name)
    assert trained.num_classes == 8
    model = RecurrentCNN.from_preset(name, class_names=["near", "far"])
    assert model.class_names == ("near", "far")
    assert model.feedback == trained.feedback
    first, *hidden, classifier, _ = trained.get_weights()
    new_first, *new_hidden, new_classifier, _ = model.get_weights()
    # The scores of the new classes count for nothing at first.
    np.testing.assert_array_equal(new_first[:, :, 2:], first[:, :, 8:])
    assert not new_first[:, :, :2].any()
    for ours, theirs in zip(new_hidden, hidden, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert new_classifier.shape == (1, 1, 50, 2)
    assert classifier.shape == (1, 1, 50, 8)
    # With classes, a name of both is the architecture.
    fresh = RecurrentCNN.from_preset("plain_sift_flow", 2)
    assert fresh.class_names == ("class_0", "class_1")
