"""Loss, budget and schedule against numbers worked out by hand."""

import math

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.training import Budget, get_recipe
from keras_rcnn.training.accuracies import accuracy_metric
from keras_rcnn.training.balanced_crossentropy import BalancedCrossentropy
from keras_rcnn.training.class_weights import class_weights
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.schedule import Schedule

SCORES = np.log([[[[1.0, 3.0], [1.0, 1.0], [9.0, 1.0]]]])
LABELS = np.array([[[0, 1, 0]]])
KNOWN = np.array([[[1.0, 1.0, 0.0]]])


def test_loss_is_the_mean_over_known_pixels():
    # True classes have 1/4 and 1/2; the third pixel is unknown.
    loss = BalancedCrossentropy([1.0, 1.0])
    value = loss(LABELS, SCORES, KNOWN)
    assert float(value) == pytest.approx((math.log(4) + math.log(2)) / 2)


def test_class_weights_multiply():
    loss = BalancedCrossentropy([3.0, 0.5])
    value = loss(LABELS, SCORES, KNOWN)
    assert float(value) == pytest.approx(
        (3 * math.log(4) + 0.5 * math.log(2)) / 2
    )


def test_sum_stands_for_single_steps():
    loss = BalancedCrossentropy([1.0, 1.0], reduction="sum")
    value = loss(LABELS, SCORES, KNOWN)
    assert float(value) == pytest.approx(math.log(4) + math.log(2))


def test_smoothed_labels_ask_for_every_class_a_little():
    # A fifth goes to the two classes alike: 0.9 to the true one, 0.1 to the
    # other, of 1/4 and 3/4, then of 1/2 and 1/2.
    loss = BalancedCrossentropy([1.0, 1.0], label_smoothing=0.2)
    value = loss(LABELS, SCORES, KNOWN)
    first = 0.9 * math.log(4) + 0.1 * math.log(4 / 3)
    assert float(value) == pytest.approx((first + math.log(2)) / 2)


def test_targets_can_be_probabilities():
    # Of 1/4 and 3/4: a third of the first class, which weighs 3, and two
    # thirds of the other, which weighs 1/2; of 1/2 and 1/2: the other alone.
    loss = BalancedCrossentropy([3.0, 0.5])
    targets = np.array([[[[1 / 3, 2 / 3], [0, 1], [1, 0]]]])
    first = 3 / 3 * math.log(4) + 0.5 * 2 / 3 * math.log(4 / 3)
    value = loss(targets, SCORES, KNOWN)
    assert float(value) == pytest.approx((first + 0.5 * math.log(2)) / 2)


@pytest.mark.parametrize(
    "targets", [LABELS, [[[[0.1, 0.9], [0.4, 0.6], [1, 0]]]]]
)
def test_accuracy_counts_known_pixels(targets):
    # Scores say class 1, then a tie, which is the first class.
    metric = accuracy_metric()
    metric.update_state(np.array(targets), SCORES, KNOWN)
    expected = 0.5 if np.ndim(targets) == 4 else 0.0
    assert float(metric.result()) == expected


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


def test_nothing_known_costs_nothing():
    loss = BalancedCrossentropy([1.0, 1.0])
    assert float(loss(LABELS, SCORES, 0 * KNOWN)) == 0


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
    budget.start_clock()
    seen = []
    for _ in range(8):
        seen.append(
            [budget.phase_progress(TWO_PHASES, p) for p in TWO_PHASES.phases]
        )
        budget.count_step()
    np.testing.assert_allclose(seen[:4], [[0, 0], [0.5, 0], [1, 0], [1, 1 / 6]])
    assert budget.progress == 1
    assert budget.phase_progress(TWO_PHASES, TWO_PHASES.phases[1]) == 1


def test_budget_of_minutes(monkeypatch):
    budget = Budget(minutes=1)
    clock = iter([100.0, 115.0, 160.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    budget.start_clock()
    budget.count_step()
    assert budget.progress == pytest.approx(0.25)
    budget.count_step()
    assert budget.progress == 1
    assert int(budget.steps) == 2


@pytest.mark.parametrize(
    ("minutes", "steps"), [(None, None), (1.0, 1), (0.0, None), (None, -1)]
)
def test_budgets_that_are_none(minutes, steps):
    with pytest.raises(InputError, match="--minutes"):
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
    model = Model()
    schedule.set_model(model)
    schedule.on_train_begin()
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
