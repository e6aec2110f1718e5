"""Every preset keeps every promise."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_rcnn
from keras_rcnn.export import export_saved_model
from keras_rcnn.layers.stage import Stage
from keras_rcnn.models import RecurrentPyramid, from_preset
from keras_rcnn.models.presets import PRESETS, PYRAMIDS
from keras_rcnn.models.recurrent_cnn import FEEDBACKS
from keras_rcnn.training import RECIPES, get_recipe

# One instance has no feedback, and pyramids have another kind of it. They
# differ in their width alone.
CASES = [
    (preset, feedback)
    for preset, entry in PRESETS.items()
    for feedback in FEEDBACKS[: entry.num_instances]
    if preset not in PYRAMIDS
] + [("pyramid", "states")]


@pytest.fixture(params=CASES, ids="-".join, scope="module")
def model(request):
    preset, feedback = request.param
    if preset in PYRAMIDS:
        return from_preset(preset, 3)
    return from_preset(preset, 3, feedback=feedback)


def images_for(model, extra=(0, 5)):
    size = model.geometry.receptive_field(model.num_instances)
    if isinstance(model, RecurrentPyramid):
        # It takes photos of any size.
        size = 45
    shape = (2, size + extra[0], size + extra[1], 3)
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def test_weights_are_shared_by_all_instances(model):
    counts = set()
    for instances in range(1, model.num_instances + 1):
        model(images_for(model), num_instances=instances)
        counts.add(len(model.trainable_variables))
    assert len(counts) == 1


def test_config_and_file_round_trip(model, tmp_path):
    twin = type(model).from_config(model.get_config())
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
    geometry = model.geometry
    for index, planes in enumerate(model(images).values(), 1):
        assert planes.shape[1:3] == [
            math.ceil(side / geometry.total_stride)
            * (geometry.total_stride // geometry.output_stride(index))
            if isinstance(model, RecurrentPyramid)
            else geometry.output_size(side, index)
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


# Each takes seconds: two by default, which have all that the others have.
PARITY = [
    ("rcnn2", "probabilities"),
    ("pyramid", "states"),
]


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(case, marks=() if case in PARITY else pytest.mark.slow)
        for case in CASES
    ],
    ids="-".join,
    indirect=True,
)
def test_saved_model_parity(model, tmp_path):
    labeler = keras_rcnn.SceneLabeler(
        model, output_resolution=max(model.resolutions())
    )
    loaded = tf.saved_model.load(export_saved_model(labeler, tmp_path))
    photo = np.random.default_rng(1).integers(0, 256, (1, 9, 7, 3), np.uint8)
    results = loaded.signatures["serving_default"](images=tf.constant(photo))
    np.testing.assert_array_equal(results["labels"], labeler(photo))


class Remember(keras.callbacks.Callback):
    """Keeps the logs of each step, epoch and test."""

    def on_train_begin(self, logs=None):
        self.steps, self.epochs, self.tests = [], [], []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(logs)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(logs)

    def on_test_end(self, logs=None):
        self.tests.append(logs)


def labeled_photos():
    """Batches of uint8 photos, label maps and weights of the photos."""
    rng = np.random.default_rng(0)
    photos = rng.integers(0, 256, (4, 9, 12, 3), np.uint8)
    labels = rng.choice([0, 1, 2, 255], (4, 9, 12)).astype(np.uint8)
    weights = np.array([1.0, 0.5, 2.0, 0.0])
    data = tf.data.Dataset.from_tensor_slices((photos, labels, weights))
    return photos, data.batch(2)


def check_fit(model, path):
    """A model that was saved while it learned goes on as if it had not been."""
    names = [f"instance_{p + 1}" for p in range(model.num_instances)]
    metrics = [keras_rcnn.metrics.MeanIoU(3)]
    weights = [0.5 + instance for instance in range(len(names))]
    model.compile("muon", loss_weights=weights, metrics=metrics)
    photos, data = labeled_photos()
    remember = Remember()
    callbacks = [remember, keras.callbacks.ModelCheckpoint(path)]
    first = model.get_weights()
    model.fit(data, callbacks=callbacks, validation_data=data, verbose=0)

    keys = {"loss", "mean_iou", *(f"{name}_accuracy" for name in names)}
    assert [log.keys() for log in remember.steps] == [keys] * 2
    (scores,) = remember.tests
    assert remember.epochs[0].keys() == keys | {f"val_{key}" for key in keys}
    assert all(
        np.any(before != after)
        for before, after in zip(first, model.get_weights(), strict=True)
    )
    logs = model.evaluate(data, verbose=0, return_dict=True)
    assert logs == pytest.approx(scores)
    shapes = {
        name: planes.shape
        for name, planes in model.predict(photos, verbose=0).items()
    }
    strides = [model.geometry.output_stride(p + 1) for p in range(len(names))]
    assert shapes == {
        name: (4, -(-9 // stride), -(-12 // stride), 3)
        for name, stride in zip(names, strides, strict=True)
    }

    twin = keras.saving.load_model(path)
    assert twin.get_compile_config() == model.get_compile_config()
    for each in (model, twin):
        each.fit(data, verbose=0)
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize(
    "preset",
    [
        # The stages below and the small pyramid have what others have.
        pytest.param(
            preset,
            marks=pytest.mark.slow if preset == "rcnn2" else pytest.mark.long,
        )
        for preset in PRESETS
    ],
)
def test_fit_evaluate_predict_and_going_on(preset, tmp_path):
    check_fit(from_preset(preset, 3), tmp_path / "model.keras")


def test_custom_pyramid(tmp_path):
    model = RecurrentPyramid(3, width=6, levels=2, depth=1, eye_filters=(4, 5))
    check_fit(model, tmp_path / "model.keras")


def test_custom_stages(tmp_path):
    model = keras_rcnn.RecurrentCNN.from_stages(
        "4x6p2,6x4", 3, num_instances=2, feedback="probabilities"
    )
    assert model.conv_stack.stages == (Stage(4, 6, 2), Stage(6, 4))
    check_fit(model, tmp_path / "model.keras")
    again = keras_rcnn.RecurrentCNN.from_preset("rcnn2", 3, stages="4x6p2,6x4")
    assert again.geometry == model.geometry
    assert again.num_instances == 3


@pytest.mark.parametrize(
    ("recipe", "preset"),
    [
        (recipe, preset)
        for recipe in RECIPES
        for preset in PRESETS
        if recipe != "paper" or preset not in PYRAMIDS
    ],
)
def test_every_recipe_ends_with_all_instances(recipe, preset):
    phases = get_recipe(recipe, preset).phases
    assert sum(phase.fraction for phase in phases) == pytest.approx(1)
    assert phases[-1].num_instances == PRESETS[preset].num_instances
    for phase in phases:
        assert len(phase.loss_weights) == phase.num_instances


def test_presets_cannot_be_changed():
    with pytest.raises(AttributeError):
        PRESETS["rcnn2"].num_instances = 4
