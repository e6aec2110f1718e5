"""The settings of a training run, which a run that continues cannot change."""

import dataclasses
import pathlib
from typing import Any

from keras_rcnn.cli.flags import Flags
from keras_rcnn.datasets import SceneDataset
from keras_rcnn.datasets.dataset_hash import fingerprint
from keras_rcnn.errors import InputError
from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments import Experiment, load_experiment

# Flags besides the fields of an experiment that an experiment decides.
_OTHER_FLAGS = (
    "recipe",
    "batch_factor",
    "class_balance",
    "minutes",
    "stages",
    "unlabeled",
)
# Flags besides the fields of an experiment that change what is learned.
_OTHER_SETTINGS = (
    "precision",
    "longest_side",
    "minutes",
    "stages",
    "unlabeled",
)


def chosen_experiment(flags: Flags) -> Experiment:
    """The experiment that --experiment names, or the one of the flags.

    A flag with the name of a field of `Experiment` sets that field.

    Raises:
        InputError: if --experiment stands beside a flag that it decides, or
            names no experiment.
    """
    names = [
        field.name
        for field in dataclasses.fields(Experiment)
        if field.name in flags and field.name not in ("dataset", "recipe")
    ]
    if flags.experiment is None:
        recipe = get_recipe(flags.recipe, flags.preset)
        if flags.class_balance is not None:
            recipe = dataclasses.replace(
                recipe, class_balance=flags.class_balance
            )
        return Experiment(
            dataset=flags.dataset,
            recipe=recipe.with_larger_batches(flags.batch_factor),
            **{name: flags[name].value for name in names},
        )
    given = [name for name in (*names, *_OTHER_FLAGS) if flags[name].present]
    if given:
        raise InputError(
            f"--experiment={flags.experiment} decides about "
            f"--{', --'.join(given)}: leave out one or the other."
        )
    return load_experiment(flags.experiment)


def run_settings(
    experiment: Experiment, flags: Flags, data: SceneDataset
) -> dict[str, Any]:
    """What makes a run another run, for `settings.json`.

    Args:
        experiment: of the run.
        flags: of the command.
        data: the photos and labels as they were read.
    """
    folder = flags.data_dir and str(pathlib.Path(flags.data_dir).resolve())
    return (
        experiment.settings()
        | {name: flags[name].value for name in _OTHER_SETTINGS}
        | {
            "data": {
                "folder": folder,
                "fingerprint": fingerprint(data),
                "photos": sorted(file.digest for file in data.files),
            }
        }
    )
