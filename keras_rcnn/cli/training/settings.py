"""The settings of a training run, which a run that continues cannot change."""

import dataclasses
import json
import pathlib

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder
from keras_rcnn.training import get_recipe
from keras_rcnn.training.experiments import Experiment, load_experiment

# Flags besides the fields of an experiment that an experiment decides.
_OTHER_FLAGS = ("recipe", "batch_factor", "minutes", "stages", "unlabeled")
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


def save_settings(
    model_dir: pathlib.Path, experiment: Experiment, flags: Flags
) -> None:
    """Writes the settings of a run into its folder.

    Raises:
        InputError: if the folder holds a run with other settings.
    """
    settings = experiment.settings() | {
        name: flags[name].value for name in _OTHER_SETTINGS
    }
    # Tuples become lists, as in the settings that are read below.
    settings = json.loads(json.dumps(settings))
    file = model_dir / "settings.json"
    make_folder(model_dir)
    if file.exists():
        earlier = json.loads(file.read_text())
        changed = [
            name for name in settings if settings[name] != earlier.get(name)
        ]
        if changed:
            raise InputError(
                f"--model_dir={model_dir} holds a run with other settings of "
                f"--{', --'.join(changed)}: choose another folder or delete it."
            )
    runner.write_report(file, settings)
