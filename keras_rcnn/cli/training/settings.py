"""The settings of a training run, which a run that continues cannot change."""

import dataclasses
import pathlib
from typing import Any

from keras_rcnn.cli.flags import Flags, height_and_width
from keras_rcnn.datasets.dataset_hash import fingerprint
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.models import SceneParser, from_preset
from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments import Experiment, load_experiment
from keras_rcnn.training.planning import RECIPE_SETTINGS, changed
from keras_rcnn.training.planning.plan import shown

# Flags besides the fields of an experiment that an experiment decides.
_OTHER_FLAGS = (
    "recipe",
    "batch_factor",
    *RECIPE_SETTINGS,
    "minutes",
    "stages",
    "unlabeled",
    "auto",
    "folds",
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
        recipe = changed(
            recipe,
            **{name: flag_value(flags, name) for name in RECIPE_SETTINGS},
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


def flag_value(flags: Flags, name: str) -> Any:
    """The value of a flag, sizes and ranges as tuples."""
    if name == "crop":
        return height_and_width(flags, name)
    value = flags[name].value
    return tuple(value) if isinstance(value, list) else value


def as_flag(value: Any) -> Any:
    """The reverse of `flag_value`."""
    if not isinstance(value, tuple):
        return value
    is_size = all(isinstance(side, int) for side in value)
    return shown(value) if is_size else list(value)


def fresh_model(
    experiment: Experiment, dataset: SceneDataset, flags: Flags
) -> SceneParser:
    """The network of an experiment, for the classes of a data set."""
    return from_preset(
        experiment.preset,
        dataset.num_classes,
        dataset.class_names,
        dataset.palette,
        stages=flags.stages,
        **experiment.recipe.network_options,
        dtype=choose_precision(flags.precision),
    )


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
