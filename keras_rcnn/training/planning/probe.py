"""How long a training step takes on this machine."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.training.batches import sample_batches
from keras_rcnn.training.optimizers import build_optimizer
from keras_rcnn.training.phases import compile_phase
from keras_rcnn.training.recipes import Recipe


class StepTimes(keras.callbacks.Callback):
    """The time of each step after the first two.

    The first step builds the graph, and meanwhile batches are prepared.

    Args:
        clock: function that returns seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._ends: list[float] = []

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Notes the time."""
        self._ends.append(self._clock())

    @property
    def seconds(self) -> float:
        """The median time of a step."""
        pairs = itertools.pairwise(self._ends[1:])
        return float(np.median([end - begin for begin, end in pairs]))


def seconds_per_step(
    model: SceneParser,
    recipe: Recipe,
    photos: SceneDataset,
    steps: int = 20,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The median time of a step in the last phase of a recipe.

    Args:
        model: a network that is not needed afterwards, as it is trained.
        recipe: of the training.
        photos: some labeled photos, as large as in the training.
        steps: number of steps to time, besides two before them.
        clock: function that returns seconds.
    """
    phase = recipe.phases[-1]
    optimizer = build_optimizer(recipe, model)
    weights = [1.0] * photos.num_classes
    compile_phase(model, recipe, phase, optimizer, weights)
    times = StepTimes(clock)
    model.fit(
        sample_batches(photos, model, recipe, phase, seed=0, start=0),
        steps_per_epoch=steps + 2,
        callbacks=[times],
        verbose=0,
    )
    return times.seconds
