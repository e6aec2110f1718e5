"""Loss, budget and schedule against numbers worked out by hand."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.layers import ConvStack
from keras_rcnn.losses.balanced_crossentropy import BalancedCrossentropy
from keras_rcnn.models import RecurrentCNN
from keras_rcnn.models.presets import Stage
from keras_rcnn.training import Budget, get_recipe
from keras_rcnn.training.averages import Averages
from keras_rcnn.training.class_balance import class_weights
from keras_rcnn.training.recipes import Phase, Recipe
from keras_rcnn.training.schedule import Schedule
from keras_rcnn.training.train_step import TrainStep
from tests.helpers.oracle import convolve

SCORES = np.log([[[[1.0, 3.0], [1.0, 1.0], [9.0, 1.0]]]])
LABELS = np.array([[[0, 1, 0]]])
KNOWN = np.array([[[1.0, 1.0, 0.0]]])


class Recited:
    """Stands for a network: whatever it is shown, it has these scores."""

    def __call__(self, images, num_instances, training):
        return {
            "instance_1": tf.constant(SCORES, tf.float32),
            "instance_2": tf.constant(SCORES[:, :, ::-1], tf.float32),
        }


def recited_step(mean):
    loss = BalancedCrossentropy([1.0, 1.0], reduction="sum")
    strategy = tf.distribute.get_strategy()
    return TrainStep(Recited(), None, loss, (0.5, 2.0), mean, strategy)


def batch(targets=LABELS, known=KNOWN):
    targets = tf.constant(targets)
    names = ("instance_1", "instance_2")
    return (
        tf.zeros((1, 1, 3, 3)),
        dict.fromkeys(names, targets),
        dict.fromkeys(names, tf.constant(known, tf.float32)),
    )


def test_instances_have_weights_and_their_own_means():
    # Instance 1: 1/4, 1/2; instance 2, the scores from right to left: 9/10,
    # 1/2.
    first = math.log(4) + math.log(2)
    second = math.log(10 / 9) + math.log(2)
    for mean, count in ((True, 2), (False, 1)):
        step = recited_step(mean)
        sums = step.test(batch())
        np.testing.assert_allclose(sums["loss"], [first, second], rtol=1e-6)
        np.testing.assert_array_equal(sums["count"], [2, 2])
        assert float(step.loss_of(sums, sums["count"])) == pytest.approx(
            (0.5 * first + 2 * second) / count
        )


@pytest.mark.parametrize(
    ("targets", "right"),
    [
        (LABELS, [0, 1]),
        ([[[[0.1, 0.9], [0.4, 0.6], [1.0, 0.0]]]], [1, 0]),
    ],
)
def test_accuracy_counts_known_pixels(targets, right):
    # Instance 1 says class 1, then, of a tie, class 0; instance 2 says 0, 0.
    step = recited_step(True)
    averages = Averages(step)
    averages.update(step.test(batch(targets)))
    logs = averages.logs("val_")
    assert [logs[f"val_instance_{p}_accuracy"] for p in (1, 2)] == [
        value / 2 for value in right
    ]


def test_accuracy_is_a_mean_over_pixels_and_loss_one_over_batches():
    step = recited_step(True)
    averages = Averages(step)
    counts = tf.constant([1.0, 4.0])
    for right, loss in ((0.0, 3.0), (1.0, 5.0)):
        averages.update(
            {
                "right": tf.constant([right, right]),
                "count": counts,
                "loss": counts * loss,
            }
        )
        counts = tf.constant([3.0, 4.0])
    assert averages.logs() == pytest.approx(
        {
            "loss": 2.5 * (3 + 5) / 2,
            "instance_1_accuracy": 1 / 4,
            "instance_2_accuracy": 1 / 8,
        }
    )


def test_a_step_takes_the_penalty_into_account():
    """Gradient of `0.5 mean(z^2)` by the biases: their means of z, a third."""
    image = np.random.default_rng(0).normal(size=(1, 9, 8, 3))
    moved = []
    for penalty in (0.0, 0.5):
        keras.utils.set_random_seed(0)
        stack = ConvStack([Stage(3, 3)], 2, saturation_penalty=penalty)
        model = RecurrentCNN(stack, 1)
        kernel, bias = (weight.numpy() for weight in stack.weights[:2])
        step = TrainStep(
            model,
            keras.optimizers.SGD(1.0),
            BalancedCrossentropy([1.0, 1.0], reduction="sum"),
            (1.0,),
            mean=True,
            strategy=tf.distribute.get_strategy(),
        )
        known = {"instance_1": tf.ones((1, 7, 6))}
        targets = {"instance_1": tf.zeros((1, 7, 6), tf.int32)}
        step.train(
            (tf.constant(image, tf.float32), targets, known), tf.constant(0.0)
        )
        moved.append(stack.weights[1].numpy() - bias)
    z = convolve(image[0], kernel[:, :, 2:], bias)
    np.testing.assert_allclose(
        moved[1] - moved[0], -np.mean(z, axis=(0, 1)) / 3, atol=1e-6
    )


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
    step = recited_step(True)
    sums = step.test(batch(known=0 * KNOWN))
    assert float(step.loss_of(sums, sums["count"])) == 0


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
    rates = []
    while not model.stop_training:
        schedule.on_train_batch_begin(0)
        rates.append(float(model.optimizer.learning_rate))
        budget.count_step(0.0)
        schedule.on_train_batch_end(0)
    # A quarter of 16 steps, at 0, 1/4, 1/2, 3/4 of the way from 4 to 2; the
    # first half of it warms up: 3 + cos(pi / 4) at half the rate, then full.
    root = math.sqrt(0.5)
    expected = [0.0, (3 + root) / 2, 3.0, 3 - root]
    np.testing.assert_allclose(rates, expected, rtol=1e-6)


def test_unknown_recipes_are_named():
    with pytest.raises(InputError, match=r"'magic'.*dense, paper"):
        get_recipe("magic", "rcnn2")
