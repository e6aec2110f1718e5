"""What a training run is to do, and that it stays so."""

import dataclasses
import json
import pathlib
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import runner

if TYPE_CHECKING:
    from keras_rcnn.training.experiments import Experiment

FLAGS = flags.FLAGS
# What an experiment decides as well.
OTHERS = ("recipe", "batch_factor", "minutes", "unlabeled")


def chosen_experiment() -> "Experiment":
    """The one that --experiment names, or else what the flags say."""
    from keras_rcnn.errors import InputError
    from keras_rcnn.training import get_recipe
    from keras_rcnn.training.experiments import Experiment, load_experiment

    names = (
        "preset split fold validation_fraction seed steps teacher confidence "
        "distillation start_from times"
    ).split()
    if FLAGS.experiment is None:
        recipe = get_recipe(FLAGS.recipe, FLAGS.preset)
        return Experiment(
            dataset=FLAGS.dataset,
            recipe=recipe.with_larger_batches(FLAGS.batch_factor),
            **{name: FLAGS[name].value for name in names},
        )
    given = [n for n in (*names, *OTHERS) if FLAGS[n].present]
    if given:
        raise InputError(
            f"--experiment={FLAGS.experiment} decides about "
            f"--{', --'.join(given)}: leave out one or the other."
        )
    return load_experiment(FLAGS.experiment)


def remember(model_dir: pathlib.Path, experiment: "Experiment") -> None:
    """Refuses to go on in a folder whose run had other settings."""
    from keras_rcnn.errors import InputError
    from keras_rcnn.io.files import make_folder

    settings = dataclasses.asdict(experiment) | {
        name: FLAGS[name].value
        for name in ("precision", "longest_side", "minutes", "unlabeled")
    }
    # As it will be read again: JSON knows no tuples.
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
