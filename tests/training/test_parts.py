"""Class weights, budget and schedule against numbers worked out by hand."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.training import Budget, get_recipe
from keras_rcnn.training.class_balance import class_weights
from keras_rcnn.training.finite_weights import FiniteWeights
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.schedule import Schedule


def test_rare_classes_count_more():
    # 3/4 and 1/4 of the known pixels; to the power of -1/2: 2 / sqrt(3) and
    # 2, whose mean over pixels is 3/4 * 2 / sqrt(3) + 1/4 * 2.
    labels = np.array([[[0, 0, 0, 1, 255]]], np.uint8)
    examples = tf.data.Dataset.from_tensor_slices({"label": labels})
    palette = ((0, 0, 0), (1, 1, 1))
    dataset = SceneDataset("two", ("a", "b"), palette, examples, 1)
    mean = 1.5 / math.sqrt(3) + 0.5
    expected = [2 / math.sqrt(3) / mean, 2 / mean]
    assert class_weights(dataset, 0.5) == pytest.approx(expected)
    assert class_weights(dataset, 0.0) == [1.0, 1.0]


TWO_PHASES = Recipe(
    phases=(
        Phase(1, 0.25, 1, 1, (1.0,), 4.0, 2.0),
        Phase(2, 0.75, 1, 1, (1.0, 1.0), 3.0, 1.0),
    ),
    optimizer="muon",
    warmup=0.5,
)


def test_budget_of_steps():
    budget = Budget(steps=8)
    seen = []
    for _ in range(8):
        seen.append(
            [budget.phase_progress(TWO_PHASES, p) for p in TWO_PHASES.phases]
        )
        budget.count_step(0.1)
    np.testing.assert_allclose(seen[:4], [[0, 0], [0.5, 0], [1, 0], [1, 1 / 6]])
    assert budget.progress == 1
    assert budget.phase_progress(TWO_PHASES, TWO_PHASES.phases[1]) == 1


def test_budget_of_minutes(monkeypatch):
    clock = iter([7.0, 100.0, 115.0, 160.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    budget = Budget(minutes=1)
    budget.start_clock()
    budget.count_step(budget.seconds_since_last())
    assert budget.progress == pytest.approx(0.25)
    budget.count_step(budget.seconds_since_last())
    assert budget.progress == 1
    assert int(budget.steps) == 2


@pytest.mark.parametrize(
    ("minutes", "steps"), [(None, None), (1.0, 1), (0.0, None), (None, -1)]
)
def test_budgets_that_are_none(minutes, steps):
    with pytest.raises(InputError, match="minutes="):
        Budget(minutes, steps)


class Optimizer:
    """Holds the learning rate that a schedule sets."""

    def __init__(self):
        self.learning_rate = tf.Variable(0.0)


class Model:
    """All that a schedule asks of a model."""

    def __init__(self):
        self.optimizer = Optimizer()
        self.stop_training = False


def test_schedule_is_half_a_cosine_and_ends_its_phase():
    budget = Budget(steps=16)
    schedule = Schedule(TWO_PHASES, TWO_PHASES.phases[0], budget)
    schedule.on_train_begin()
    model = Model()
    schedule.set_model(model)
    rates = []
    while not model.stop_training:
        schedule.on_train_batch_begin(0)
        rates.append(float(model.optimizer.learning_rate))
        schedule.on_train_batch_end(0)
    # A quarter of 16 steps, at 0, 1/4, 1/2, 3/4 of the way from 4 to 2; the
    # first half of it warms up: 3 + cos(pi / 4) at half the rate, then full.
    root = math.sqrt(0.5)
    expected = [0.0, (3 + root) / 2, 3.0, 3 - root]
    np.testing.assert_allclose(rates, expected, rtol=1e-6)


def test_unknown_recipes_are_named():
    with pytest.raises(InputError, match=r"'magic'.*dense, paper"):
        get_recipe("magic", "rcnn2")


@pytest.mark.parametrize(
    ("loss", "weight"), [(math.nan, 2.0), (math.inf, 2.0), (1.0, math.nan)]
)
def test_the_weights_before_a_bad_step_come_back(loss, weight):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    kept = []
    budget = Budget(steps=9)
    finite = FiniteWeights(
        budget, lambda batch: [f"p{batch}"], lambda: kept.append(1)
    )
    finite.set_model(model)
    finite.on_train_begin()
    for step in (1.0, 3.0):
        model.set_weights([np.array([[step]]), np.array([-step])])
        budget.count_step(0.1)
        finite.on_train_batch_end(0, {"loss": step})
    model.set_weights([np.array([[weight]]), np.array([0.0])])
    budget.count_step(0.1)
    with pytest.raises(InputError, match="Step 3, with the photos p2, gave"):
        finite.on_train_batch_end(0, {"loss": loss})
    assert kept == [1]
    assert [w.item() for w in model.get_weights()] == [3.0, -3.0]
