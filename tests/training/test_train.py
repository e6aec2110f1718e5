"""Training on a small scale: phases, resuming, the weights that are kept."""

import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.models import load_model
from keras_rcnn.reports.labeled_photos import LabeledPhotos
from keras_rcnn.training import Budget, train
from keras_rcnn.training.learning_curve import CURVE_FILE, read_curve
from keras_rcnn.training.phases import compile_phase
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.run_logs import TensorBoardLog
from keras_rcnn.training.schedule import Schedule
from tests.helpers.small_run import RECIPE, small_network, small_scenes

STEPS = 8
ONE_PHASE = dataclasses.replace(
    RECIPE, phases=(dataclasses.replace(RECIPE.phases[1], fraction=1.0),)
)


class KilledError(Exception):
    """Stands for whatever ends a run before its time."""


@pytest.fixture(scope="module")
def scenes():
    return small_scenes()


def run(scenes, model_dir, budget, recipe=RECIPE, model=None, **options):
    model = model or small_network(scenes[0])
    score = train(
        model,
        recipe,
        *scenes,
        budget,
        model_dir,
        steps_per_epoch=3,
        checkpoint_seconds=0.0,
        **options,
    )
    return model, score


def kill_at(monkeypatch, step):
    count_step = Budget.count_step

    def count_or_die(budget, seconds):
        if int(budget.steps) == step:
            raise KilledError
        count_step(budget, seconds)

    monkeypatch.setattr(Budget, "count_step", count_or_die)


@pytest.fixture(scope="module")
def whole_run(scenes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    budget = Budget(steps=STEPS)
    log = TensorBoardLog(budget, folder, {})
    photos = LabeledPhotos(scenes[1], [log])
    model, score = run(scenes, folder, budget, callbacks=[photos], logs=[log])
    return folder, model, score


# In the middle of the first phase, between the two, near the end.
@pytest.mark.slow
@pytest.mark.parametrize("step", [2, 4, 7])
def test_a_killed_run_goes_on_where_it_was(
    scenes, whole_run, tmp_path, monkeypatch, step
):
    _, expected, _ = whole_run
    with monkeypatch.context() as patch:
        kill_at(patch, step)
        with pytest.raises(KilledError):
            run(scenes, tmp_path / "killed", Budget(steps=STEPS))
    budget = Budget(steps=STEPS)
    resumed, score = run(scenes, tmp_path / "killed", budget)
    assert int(budget.steps) == STEPS
    assert 0 < score <= 1
    for ours, theirs in zip(
        resumed.get_weights(), expected.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_a_finished_run_stays_as_it_is(scenes, whole_run):
    folder, first, score = whole_run
    again, same_score = run(scenes, folder, Budget(steps=STEPS))
    assert score == same_score
    for ours, theirs in zip(
        first.get_weights(), again.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_the_best_weights_are_kept_in_float32(scenes, whole_run):
    folder, _, score = whole_run
    model = load_model(folder)
    assert model.class_names == scenes[0].class_names
    assert model.num_instances == 2
    assert model.dtype_policy.name == "float32"
    accuracy = validation_accuracy(model, scenes[1])
    assert accuracy == pytest.approx(score, abs=1e-4)


def test_a_run_that_finds_nothing_leaves_its_weights(
    scenes, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        "keras_rcnn.training.best_weights.instance_accuracies", lambda *_: [0.0]
    )
    _, score = run(scenes, tmp_path, Budget(steps=2), ONE_PHASE)
    assert score == 0
    assert (tmp_path / "model.keras").exists()


def test_averaged_weights_are_those_validated_and_kept(
    scenes, tmp_path, monkeypatch
):
    recipe = dataclasses.replace(ONE_PHASE, ema_momentum=0.75)
    weights = []
    count = Schedule.on_train_batch_end

    def remember(schedule, batch, logs=None):
        weights.append(schedule.model.get_weights())
        count(schedule, batch, logs)

    monkeypatch.setattr(Schedule, "on_train_batch_end", remember)
    model, score = run(scenes, tmp_path, Budget(steps=4), recipe)
    average = weights[0]
    for later in weights[1:]:
        average = [
            0.75 * a + 0.25 * b for a, b in zip(average, later, strict=True)
        ]
    for ours, theirs in zip(model.get_weights(), average, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    accuracy = validation_accuracy(load_model(tmp_path), scenes[1])
    assert accuracy == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize(
    ("grid_size", "reduction"), [(4, "mean_with_sample_weight"), (0, "sum")]
)
def test_a_phase_has_the_losses_of_the_recipe(scenes, grid_size, reduction):
    phase = dataclasses.replace(RECIPE.phases[1], grid_size=grid_size)
    recipe = dataclasses.replace(
        RECIPE, label_smoothing=0.1, focal_gamma=2.0, saturation_penalty=0.3
    )
    model = small_network(scenes[0])
    compile_phase(model, recipe, phase, keras.optimizers.SGD(), [1.0, 2.0])
    config = model.get_compile_config()
    assert config["loss_weights"] == [0.5, 1.0]
    assert config["loss"]["config"] == {
        "name": "crossentropy",
        "reduction": reduction,
        "class_weights": [1.0, 2.0],
        "label_smoothing": 0.1,
        "focal_gamma": 2.0,
    }
    assert model.conv_stack.saturation_penalty == 0.3


def test_the_last_weights_are_kept_without_normalizations(scenes, tmp_path):
    """There are no photos to choose the weights by."""
    recipe = dataclasses.replace(ONE_PHASE, normalization=True)
    model = small_network(scenes[0], normalization=True)
    model, score = run(
        (scenes[0], None), tmp_path, Budget(steps=4), recipe, model
    )
    assert score is None
    statistics = model.conv_stack.normalizations[0].moving_mean.numpy()
    assert statistics.all()
    kept = load_model(tmp_path)
    assert kept.count_params() == small_network(scenes[0]).count_params()
    photo = np.random.default_rng(0).normal(size=(1, 40, 50, 3))
    for name, scores in model(photo.astype("float32")).items():
        np.testing.assert_allclose(
            kept(photo.astype("float32"))[name], scores, atol=1e-5
        )
    # A run that is done keeps them too, running statistics included.
    fresh = small_network(scenes[0], normalization=True)
    run((scenes[0], None), tmp_path, Budget(steps=4), recipe, fresh)
    for one, other in zip(
        kept.get_weights(), load_model(tmp_path).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def validation_accuracy(model, dataset):
    """Right pixels among those that instance 2 scores, photo by photo."""
    right = counted = 0
    padding = model.geometry.padding(2)
    for example in dataset.examples.as_numpy_iterator():
        image = example["image"].astype(np.float32)
        image = (image - image.mean()) / image.std()
        image = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
        scores = model(image[np.newaxis], num_instances=2)["instance_2"][0]
        truth = example["label"][::4, ::4]
        best = np.argmax(scores, axis=-1)[: truth.shape[0], : truth.shape[1]]
        right += np.sum((best == truth) & (truth != 255))
        counted += np.sum(truth != 255)
    return right / counted


def test_curves_and_photos_are_written_for_tensorboard(whole_run):
    folder, _, _ = whole_run
    assert {"epoch_loss", "epoch_instance_2_accuracy"} <= tags(folder, "train")
    assert {"photo 1", "photo 2", "epoch_instance_2_accuracy"} <= tags(
        folder, "validation"
    )


def test_the_learning_curve_is_written(whole_run):
    folder, _, score = whole_run
    points = read_curve(folder / CURVE_FILE)
    # Two phases of four steps in epochs of three, phase 2 from step 4 on.
    assert [point["step"] for point in points] == [3, 4, 7, 8]
    assert [len(point["training"]) for point in points] == [1, 1, 2, 2]
    best = max(point["validation"][1] for point in points[2:])
    assert best == pytest.approx(score, abs=1e-6)
    minutes = [point["minutes"] for point in points]
    assert minutes == sorted(minutes)
    assert minutes[0] > 0


def test_steps_done_again_count_once(tmp_path):
    # Killed after step 9, going on after 3; then after 10, going on after 7.
    points = [(3, 1), (6, 2), (9, 8), (6, 3), (9, 5), (10, 7), (12, 6)]
    lines = [json.dumps({"step": s, "minutes": m}) for s, m in points]
    (tmp_path / "curve").write_text("\n".join(lines) + "\n")
    found = [tuple(point.values()) for point in read_curve(tmp_path / "curve")]
    assert found == [(3, 1), (6, 3), (9, 5), (12, 6)]


def tags(folder, part):
    """Names of all curves and pictures in the event files."""
    return {
        value.tag
        for file in (folder / "logs" / part).glob("events*")
        for event in tf.compat.v1.train.summary_iterator(str(file))
        for value in event.summary.value
    }


def test_patches_train_too(scenes, tmp_path):
    """Each of them one instance, drawn at random."""
    phase = Phase(2, 1.0, 4, 0, (1.0, 1.0), 1e-3, 1e-3, True)
    recipe = Recipe(phases=(phase,), optimizer="sgd")
    before = small_network(scenes[0]).get_weights()
    model, _ = run(scenes, tmp_path, Budget(steps=3), recipe)
    changes = [
        np.abs(after - weight).max()
        for after, weight in zip(model.get_weights(), before, strict=True)
    ]
    assert min(changes) > 0
