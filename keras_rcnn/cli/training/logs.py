"""Where --log_to writes a training run."""

import contextlib
import dataclasses
import json
import pathlib
from collections.abc import Iterator
from typing import Any

from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.training import settings
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import import_extra
from keras_rcnn.training import Budget, run_logs
from keras_rcnn.training.experiments import Experiment
from keras_rcnn.training.run_logs.run_log import RunLog

_PACKAGES = ("mlflow", "wandb")


def check_extras(flags: Flags) -> None:
    """Refuses --log_to if an extra is missing, before anything is read.

    Raises:
        InputError: which names it.
    """
    for name in _chosen(flags):
        if name in _PACKAGES:
            import_extra(name, f"log_to={name}", "logging")


@contextlib.contextmanager
def open_logs(
    flags: Flags,
    experiment: Experiment,
    data: SceneDataset,
    budget: Budget,
    model_dir: pathlib.Path,
) -> Iterator[list[RunLog]]:
    """The logs that --log_to names.

    Runs that are not finished at the end of the block are interrupted.

    Args:
        flags: of `keras-rcnn train`.
        experiment: of the run.
        data: the photos and labels as they were read.
        budget: counts the steps.
        model_dir: folder of the run.
    """
    kinds = {
        "mlflow": run_logs.MlflowLog,
        "tensorboard": run_logs.TensorBoardLog,
        "wandb": run_logs.WandbLog,
    }
    names = _chosen(flags)
    parameters = (
        {}
        if names == ["tensorboard"]
        else logged_parameters(flags, experiment, data)
    )
    logs = [kinds[name](budget, model_dir, parameters) for name in names]
    try:
        yield logs
    finally:
        for log in logs:
            log.end(is_complete=False)


def logged_parameters(
    flags: Flags, experiment: Experiment, data: SceneDataset
) -> dict[str, Any]:
    """All flags, the recipe, and the fingerprint of the photos and labels."""
    given = {name: flags[name].value for name in flags}
    run = settings.run_settings(experiment, flags, data)
    run["data"].pop("photos")
    recipe = dataclasses.asdict(experiment.recipe)
    nested = {**given, **run, "recipe": recipe, "classes": data.class_names}
    return dict(_flat(nested))


def _flat(
    values: dict[str, Any], before: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yields names with dots, and values that are texts or numbers."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, (str, int, float)):
            yield f"{before}{name}", value
        elif value is not None:
            yield f"{before}{name}", json.dumps(value)


def _chosen(flags: Flags) -> list[str]:
    return sorted(set(flags.log_to or ["tensorboard"]))
