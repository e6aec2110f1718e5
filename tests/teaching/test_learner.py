"""A round of learning: its run, and the weights that the next begins with."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn import load_model, save_model
from keras_rcnn.errors import InputError
from keras_rcnn.teaching import callbacks, learner
from keras_rcnn.teaching.initial_weights import first_model
from keras_rcnn.teaching.project import Project
from keras_rcnn.teaching.strokes import Stroke
from keras_rcnn.training import Budget
from keras_rcnn.training.planning import read_plan

SKY = Stroke([(2, 5), (37, 5)], 6, 0)
ROAD = Stroke([(2, 25), (37, 25)], 6, 1)


def test_too_few_strokes_are_refused(project):
    with pytest.raises(InputError, match="no strokes to learn from"):
        learner.painted_photos(project)
    project.paint("a", SKY)
    with pytest.raises(InputError, match="Only sky is painted"):
        learner.painted_photos(project)
    project.paint("b", ROAD)
    assert learner.painted_photos(project).num_examples == 2


def test_only_painted_photos_are_learned_from_at_their_scale(
    project, monkeypatch
):
    project.paint("a", SKY)
    project.paint("c", ROAD)
    monkeypatch.setattr(learner, "LONGEST_SIDE", 20)
    dataset = learner.painted_photos(project)
    names = [e["name"].decode() for e in dataset.examples.as_numpy_iterator()]
    labels = [e["label"] for e in dataset.examples.as_numpy_iterator()]
    assert names == ["a", "c"]
    assert [each.shape for each in labels] == [(15, 20)] * 2
    assert [set(np.unique(each)) for each in labels] == [{0, 255}, {1, 255}]


def scores(model):
    photo = np.random.default_rng(0).normal(size=(1, 32, 64, 3))
    return model(photo.astype(np.float32))["instance_4"].numpy()


def assert_next_round_goes_on_from(run, project):
    """Checks the first weights of a round after the one in a folder."""
    saved = load_model(run)
    assert saved.class_names == ("sky", "road")
    dataset = learner.painted_photos(project)
    again = first_model(dataset, run)
    assert again.normalization
    assert not saved.normalization
    np.testing.assert_allclose(scores(again), scores(saved), 1e-3, 1e-3)
    # Classes keep their scores where others are added.
    project.set_classes(["sky", "road", "tree"], [(0, 0, 0)] * 3)
    more = first_model(learner.painted_photos(project), run)
    assert more.class_names == ("sky", "road", "tree")
    np.testing.assert_array_equal(scores(more)[..., :2], scores(again))
    # Without checkpoints the saved weights are the first ones.
    for file in (run / "checkpoints").iterdir():
        file.write_bytes(b"damaged")
    folded = first_model(dataset, run)
    np.testing.assert_array_equal(scores(folded), scores(saved))


@pytest.mark.slow
def test_the_next_round_begins_with_the_weights_of_the_last(project, tmp_path):
    project.paint("a", SKY)
    project.paint("a", ROAD)
    model = first_model(learner.painted_photos(project))
    # As if the normalizations had seen something.
    model.set_weights([each + 0.1 for each in model.get_weights()])
    save_model(model, tmp_path / "model.keras")
    checkpoint = tf.train.Checkpoint(weights=list(model.weights))
    checkpoint.save(str(tmp_path / "checkpoints" / "ckpt"))
    assert_next_round_goes_on_from(tmp_path, project)


@pytest.mark.long
def test_a_round_ends_when_asked_and_leaves_a_run(project, tmp_path):
    project.paint("a", SKY)
    project.paint("a", ROAD)
    told = []
    budget = Budget(steps=3)
    progress = callbacks.Progress(budget, told.append, lambda: len(told) == 2)
    learner.learn(project, tmp_path / "run", budget, callbacks=[progress])
    assert [each["steps"] for each in told] == [1, 2]
    assert read_plan(tmp_path / "run").steps == 2
    assert_next_round_goes_on_from(tmp_path / "run", project)


def test_crops_are_as_large_as_the_photos(project, tmp_path):
    project.paint("a", SKY)
    project.paint("a", ROAD)
    dataset = learner.painted_photos(project)
    model = first_model(dataset)
    plan = learner.round_plan(model, dataset, Budget(minutes=2))
    # 30 x 40 pixels, rounded up to the total stride.
    assert plan.choices.crop == (32, 64)
    assert plan.choices.preset == "pyramid_small"
    (phase,) = plan.choices.recipe().phases
    assert (phase.batch_size, phase.grid_size) == (4, (8, 16))
    # Other commands read it.
    plan.write(tmp_path)
    assert read_plan(tmp_path) == plan
    assert plan.choices.longest_side == learner.LONGEST_SIDE


def test_the_first_step_takes_no_time_of_a_round():
    budget = callbacks.RoundBudget(minutes=1)
    budget.start_clock()
    assert budget.seconds_since_last() == 0
    assert 0 < budget.seconds_since_last() < 1


def test_a_project_is_read_as_it_is_on_the_disk(project, folder):
    project.paint("a", SKY)
    project.paint("b", ROAD)
    (one, other) = (
        learner.painted_photos(p) for p in (project, Project(folder))
    )
    for first, second in zip(
        one.examples.as_numpy_iterator(),
        other.examples.as_numpy_iterator(),
        strict=True,
    ):
        np.testing.assert_array_equal(first["label"], second["label"])
