"""The run of a contender: trained, scored, kept in a folder."""

import datetime
import gc
import json
import pathlib
import time
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from benchmarks.peers.contenders import Contender
from benchmarks.peers.peer import labeler
from keras_rcnn.cli import runner
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.evaluation import evaluate
from keras_rcnn.evaluation.speed import machine
from keras_rcnn.io.files import make_folder
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.metrics import ConfusionMatrix
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.training import Budget, train

RESULT_FILE = "result.json"


class ProcessorBudget(Budget):
    """A budget of processor time, of all threads of this process.

    The first step of each phase, which builds the graph, takes no time.
    """

    def start_clock(self) -> None:
        """Starts to count time with the second step."""
        self._before: float | None = None

    def seconds_since_last(self) -> float:
        """Processor time since the last call, 0 at the first one."""
        now = time.process_time()
        before, self._before = self._before, now
        return 0.0 if before is None else now - before


def finished(
    contender: Contender,
    folder: pathlib.Path,
    settings: dict[str, Any],
    training: SceneDataset,
    test: SceneDataset,
) -> dict[str, Any]:
    """The result of a run; trains, or goes on training, if there is none.

    Args:
        contender: what is trained.
        folder: of the run.
        settings: of all runs.
        training: photos to train on.
        test: photos to score.

    Raises:
        InputError: if the folder holds a run of other settings.
    """
    file = folder / RESULT_FILE
    if not file.is_file():
        result = _train(contender, folder, settings, training)
        result |= {"settings": settings, **score(folder, test)}
        runner.write_report(file, result)
    result = json.loads(file.read_text())
    if result["settings"] != settings:
        raise InputError(
            f"output_dir={folder.parent} holds runs with {result['settings']}, "
            f"not {settings}: give another folder."
        )
    return result


def _train(
    contender: Contender,
    folder: pathlib.Path,
    settings: dict[str, Any],
    photos: SceneDataset,
) -> dict[str, Any]:
    """Trains a network; its last weights are kept."""
    keras.backend.clear_session()
    gc.collect()
    keras.utils.set_random_seed(0)
    model = contender.build(photos)
    budget = ProcessorBudget(settings["minutes"])
    recipe = contender.recipe
    train(
        model,
        recipe,
        photos,
        None,
        budget,
        make_folder(folder),
        settings={"network": contender.network, **settings},
    )
    steps, seconds = int(budget.steps), float(budget.seconds)
    return {
        "network": contender.network,
        "optimizer": recipe.optimizer,
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "precision": model.dtype_policy.name,
        "steps": steps,
        "processor_seconds": seconds,
        "seconds_per_step": seconds / max(1, steps - len(recipe.phases)),
    }


def score(folder: pathlib.Path, photos: SceneDataset) -> dict[str, Any]:
    """The confusion matrix of each photo, and the size of the network."""
    model = keras.saving.load_model(folder / MODEL_FILE, compile=False)
    names, counts = [], []

    def count(example: Mapping[str, Any], labels: np.ndarray) -> None:
        matrix = ConfusionMatrix(photos.num_classes)
        matrix.update(example["label"], labels)
        names.append(example["name"].decode())
        counts.append(matrix.counts.tolist())

    evaluate(labeler(model, choose_precision()), photos, on_photo=count)
    return {
        "weights": model.count_params(),
        "kilobytes": (folder / MODEL_FILE).stat().st_size / 1e3,
        "photos": names,
        "confusion_matrices": counts,
    }
