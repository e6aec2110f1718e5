"""How fast each recipe trains, and how long it waits for data."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from matplotlib.figure import Figure

from benchmarks.report import error_bars, medians, new_figure
from keras_rcnn.datasets.load import load_dataset
from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.evaluation.speed.tables import number, quartiles
from keras_rcnn.evaluation.speed.timing import interleave, seconds_of, spread
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.training import RECIPES, get_recipe
from keras_rcnn.training.batches import sample_batches
from keras_rcnn.training.class_balance import class_weights
from keras_rcnn.training.optimizers import build_optimizer
from keras_rcnn.training.phases import compile_phase

# Steps before the timed ones, in which the pipeline fills.
STEPS_BEFORE = 2
# Batches to count labels in; the number differs, as crops reach over borders.
BATCHES_COUNTED = 20


def measure(
    preset: str = "rcnn2",
    precisions: Sequence[str] = ("float32", "mixed_bfloat16"),
    steps: int = 5,
    repeats: int = 5,
    seconds: float = 30.0,
) -> list[dict[str, Any]]:
    """Times steps of the last phase of each recipe, on generated scenes.

    Args:
        preset: network to train.
        precisions: dtype policies to train in.
        steps: number of consecutive steps that are timed together.
        repeats: maximum number of times that this is repeated.
        seconds: time for all repeats of a recipe, precision and source.

    Returns:
        A row for each recipe and precision.
    """
    dataset = load_dataset("synthetic")
    trainees = {
        (recipe, precision): _Trainee(recipe, precision, preset, dataset)
        for recipe in sorted(RECIPES, reverse=True)
        for precision in precisions
    }
    samples = interleave(
        {
            (*key, measured.__name__): functools.partial(measured, steps)
            for key, trainee in trainees.items()
            for measured in (trainee.train, trainee.wait)
        },
        repeats,
        seconds,
        "training",
    )
    rows = []
    for key, trainee in trainees.items():
        step, waiting = (
            spread(samples[*key, name]) for name in ("train", "wait")
        )
        labels = trainee.labels_per_step
        rows.append(
            {
                "preset": preset,
                "recipe": key[0],
                "precision": key[1],
                "labels_per_step": labels,
                "seconds_per_step": step,
                "seconds_of_waiting": waiting,
                "labelled_pixels_per_second": labels / step["median"],
                "input_share": waiting["median"] / step["median"],
            }
        )
    return rows


class _Trainee:
    """A network in the last phase of a recipe.

    Args:
        recipe_name: name of the recipe.
        precision: Keras dtype policy.
        preset: name of the network's preset.
        dataset: data to train on.
    """

    def __init__(
        self,
        recipe_name: str,
        precision: str,
        preset: str,
        dataset: SceneDataset,
    ) -> None:
        keras.utils.set_random_seed(0)
        recipe = get_recipe(recipe_name, preset)
        phase = recipe.phases[-1]
        self.model = RecurrentCNN.from_preset(
            preset, dataset.num_classes, dtype=precision
        )
        optimizer = build_optimizer(recipe, self.model)
        optimizer.learning_rate.assign(phase.learning_rate)
        weights = class_weights(dataset, recipe.class_balance)
        compile_phase(self.model, recipe, phase, optimizer, weights)
        self.model.make_train_function()
        self.step = self.model.train_function
        self.batches = sample_batches(
            dataset, self.model, recipe, phase, seed=0, start=0
        )
        last = instance_name(phase.num_instances)
        self.labels_per_step = float(
            np.mean(
                [
                    np.count_nonzero(known[last])
                    for _, _, known in self.batches.take(BATCHES_COUNTED)
                ]
            )
        )

    def train(self, steps: int) -> float:
        """Trains steps and returns the seconds per step."""
        iterator = self._filled()
        return seconds_of(lambda: self._train(iterator, steps)) / steps

    def wait(self, steps: int) -> float:
        """Seconds of waiting for a batch.

        It requests the batch after a step, during which the pipeline can
        prepare it.
        """
        iterator = self._filled()
        taken = 0.0
        for _ in range(steps):
            self._train(iterator, 1)
            taken += seconds_of(lambda: next(iterator))
        return taken / steps

    def _filled(self) -> Iterator[Any]:
        # A pipeline runs as long as its iterator exists, and would slow down
        # the next measurement. So each measurement makes an iterator.
        iterator = iter(self.batches)
        self._train(iterator, STEPS_BEFORE)
        return iterator

    def _train(self, iterator: Iterator[Any], steps: int) -> None:
        for _ in range(steps):
            logs = self.step(iterator)
            # Waits until the step is done.
            logs["loss"].numpy()


COLUMNS = {
    "recipe": lambda row: row["recipe"],
    "precision": lambda row: row["precision"],
    "labels a step": lambda row: number(row["labels_per_step"]),
    "ms a step": lambda row: quartiles(row["seconds_per_step"], 1e3),
    "ms of waiting": lambda row: quartiles(row["seconds_of_waiting"], 1e3),
    "waiting, %": lambda row: f"{100 * row['input_share']:.1f}",
    "labeled pixels/s": lambda row: number(row["labelled_pixels_per_second"]),
}
NOTES = """\
Labels of the last instance, last phase of each recipe, generated scenes.
Waiting: for the next batch, which is sampled during the step before."""


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Labeled pixels per second, and the time of a step."""
    names = [f"{row['recipe']}\n{row['precision']}" for row in rows]
    figure, (speed, step) = new_figure(10, 4, panels=2)
    speed.bar(names, [row["labelled_pixels_per_second"] for row in rows])
    speed.set(yscale="log", ylabel="labeled pixels a second")
    for key, label in (
        ("seconds_per_step", "step"),
        ("seconds_of_waiting", "waiting for its batch"),
    ):
        spreads = [row[key] for row in rows]
        step.bar(
            names,
            medians(spreads, 1e3),
            yerr=error_bars(spreads, 1e3),
            capsize=3,
            label=label,
        )
    step.set_ylabel("ms a step")
    step.legend()
    return figure
