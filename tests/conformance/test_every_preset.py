"""Every preset keeps every promise."""

import numpy as np
import pytest
import tensorflow as tf

import keras_rcnn
from keras_rcnn.export import export_saved_model
from keras_rcnn.models.presets import PRESETS
from keras_rcnn.models.recurrent_cnn import FEEDBACKS
from keras_rcnn.training import RECIPES, get_recipe


@pytest.fixture(
    params=[(preset, feedback) for preset in PRESETS for feedback in FEEDBACKS],
    ids="-".join,
    scope="module",
)
def model(request):
    preset, feedback = request.param
    return keras_rcnn.RecurrentCNN.from_preset(preset, 3, feedback=feedback)


def images_for(model, extra=(0, 5)):
    size = model.geometry.receptive_field(model.num_instances)
    shape = (2, size + extra[0], size + extra[1], 3)
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def test_weights_are_shared_by_all_instances(model):
    counts = set()
    for instances in range(1, model.num_instances + 1):
        model(images_for(model), num_instances=instances)
        counts.add(len(model.trainable_variables))
    assert counts == {6}


def test_config_and_file_round_trip(model, tmp_path):
    twin = keras_rcnn.RecurrentCNN.from_config(model.get_config())
    assert twin.get_config() == model.get_config()
    model.save(tmp_path / "model.keras")
    images = images_for(model)
    loaded = keras_rcnn.load_model(tmp_path)(images)
    for name, planes in model(images).items():
        np.testing.assert_array_equal(planes, loaded[name])


def test_unknown_sizes_in_a_graph(model):
    graph = tf.function(
        model, input_signature=[tf.TensorSpec((None, None, None, 3))]
    )
    for extra in ((0, 0), (3, 18)):
        images = images_for(model, extra)
        for name, planes in model(images).items():
            np.testing.assert_allclose(graph(images)[name], planes, atol=1e-5)


def test_planes_have_the_sizes_of_the_geometry(model):
    images = images_for(model, (17, 3))
    for index, planes in enumerate(model(images).values(), 1):
        assert planes.shape[1:3] == [
            model.geometry.output_size(side, index)
            for side in images.shape[1:3]
        ]


def test_mixed_precision_trains_float32_weights(model):
    rough = model.copy(dtype="mixed_bfloat16")
    with tf.GradientTape() as tape:
        planes = rough(images_for(model))
        loss = sum(
            tf.reduce_sum(tf.cast(p, "float32")) for p in planes.values()
        )
    for gradient in tape.gradient(loss, rough.trainable_variables):
        assert gradient.dtype == tf.float32
        assert np.isfinite(gradient).all()


def test_saved_model_parity(model, tmp_path):
    labeler = keras_rcnn.SceneLabeler(
        model, output_resolution=model.geometry.output_stride()
    )
    loaded = tf.saved_model.load(export_saved_model(labeler, tmp_path))
    photo = np.random.default_rng(1).integers(0, 256, (1, 9, 7, 3), np.uint8)
    results = loaded.signatures["serving_default"](images=tf.constant(photo))
    np.testing.assert_array_equal(results["labels"], labeler(photo))


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_recipe_ends_with_all_instances(recipe, preset):
    phases = get_recipe(recipe, preset).phases
    assert sum(phase.fraction for phase in phases) == pytest.approx(1)
    assert phases[-1].num_instances == PRESETS[preset].num_instances
    for phase in phases:
        assert len(phase.loss_weights) == phase.num_instances


def test_presets_cannot_be_changed():
    with pytest.raises(AttributeError):
        PRESETS["rcnn2"].num_instances = 4
