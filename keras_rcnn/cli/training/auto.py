"""`train --auto`: settings that the photos and the machine choose."""

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.cli.flags import Flags, folder_choices
from keras_rcnn.cli.training import settings
from keras_rcnn.datasets.folder import load_folder
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError, printable
from keras_rcnn.training.planning import (
    PLAN_FILE,
    Choice,
    Choices,
    Plan,
    folder_fingerprint,
    make_plan,
    read_plan,
    seconds_per_step,
)
from keras_rcnn.training.run_folder import SETTINGS_FILE

_NAMES = [field.name for field in dataclasses.fields(Choices)]
# Which switch the default off, as they are choices by hand.
_BY_HAND = (
    *(n for n in _NAMES if n not in ("validation_fraction", "steps_per_epoch")),
    "recipe",
    "stages",
    "batch_factor",
)
_PROBE_PHOTOS = 8


def follow_plan(flags: Flags, model_dir: pathlib.Path) -> Plan | None:
    """Makes the plan of a run, prints it, and sets the flags that it chooses.

    A run that has begun keeps its plan, whatever the speed of the machine.

    Args:
        flags: of `keras-rcnn train`.
        model_dir: folder of the run.

    Returns:
        The plan; None without one.

    Raises:
        InputError: if --auto cannot be used with the other flags, or the
            photos cannot be used.
    """
    if flags.folds:
        model_dir /= "fold_1"
    begun = (model_dir / SETTINGS_FILE).exists()
    earlier = read_plan(model_dir) if begun else None
    if not (earlier or wants_plan(flags, begun)):
        return None
    refuse_other_flags(flags, begun and not earlier)
    given = given_choices(flags)
    if earlier:
        print(f"{model_dir / PLAN_FILE} has the settings of this run.")
        values = {name: given[name].value for name in given}
        apply(flags, dataclasses.replace(earlier.choices, **values))
        return earlier
    plan = new_plan(flags, given)
    apply(flags, plan.choices)
    print_plan(plan, flags.data_dir)
    return plan


def wants_plan(flags: Flags, begun: bool) -> bool:
    """Whether a plan is asked for, or is the default."""
    if flags.auto is not None:
        return bool(flags.auto)
    return (
        flags.dataset == "folder"
        and bool(flags.data_dir)
        and not begun
        and flags.strategy != "multi_worker"
        and not any(flags[name].present for name in _BY_HAND)
    )


def refuse_other_flags(flags: Flags, begun_by_hand: bool) -> None:
    """Refuses what --auto cannot be used with.

    Raises:
        InputError: naming the flag.
    """
    if flags.dataset != "folder" or not flags.data_dir:
        raise InputError(
            "--auto reads a folder of photos: give --dataset=folder and "
            "--data_dir, or leave it out."
        )
    if begun_by_hand:
        raise InputError(
            "--model_dir holds a run without a plan: leave --auto out, or "
            "choose another folder."
        )
    if flags.strategy == "multi_worker" or flags.recipe != "dense":
        raise InputError(
            "--auto is for one machine and the recipe dense: leave it out, or "
            "--strategy and --recipe."
        )


def given_choices(flags: Flags) -> dict[str, Choice]:
    """The settings that are not to be chosen."""
    values = {name: settings.flag_value(flags, name) for name in _NAMES}
    given = {
        name: Choice(values[name], "given")
        for name in _NAMES
        if flags[name].present and values[name] is not None
    }
    if flags.start_from:
        folder = pathlib.Path(flags.start_from).expanduser()
        other = read_plan(folder if folder.is_dir() else folder.parent)
        reason = f"as in {flags.start_from}"
        preset = other.choices.preset if other else flags.preset
        given.setdefault("preset", Choice(preset, reason))
        if other:
            side = Choice(other.choices.longest_side, reason)
            given.setdefault("longest_side", side)
    return given


def new_plan(flags: Flags, given: dict[str, Choice]) -> Plan:
    """Measures the photos and the machine, and makes the plan of a run."""
    choices = folder_choices(flags)
    del choices["longest_side"]
    photos = folder_fingerprint(flags.data_dir, flags.split, **choices)
    minutes = flags.minutes and flags.minutes / (flags.folds or 1)
    return make_plan(photos, timer(flags), minutes, flags.steps, given)


def timer(flags: Flags) -> Callable[[Choices], float]:
    """Function that measures the seconds of a step with some choices."""

    def measure(choices: Choices) -> float:
        apply(flags, choices)
        photos = load_folder(
            flags.data_dir,
            flags.split,
            **folder_choices(flags),
            max_photos=_PROBE_PHOTOS,
        )
        experiment = settings.chosen_experiment(flags)
        keras.utils.set_random_seed(experiment.seed)
        model = settings.fresh_model(experiment, photos, flags)
        seconds = seconds_per_step(
            model, experiment.recipe, _all_labeled(photos), flags.probe_steps
        )
        # Frees the graph, and counts names from the beginning again.
        keras.backend.clear_session()
        return seconds

    return measure


def _all_labeled(photos: SceneDataset) -> SceneDataset:
    """The photos, each with labels, as photos without labels are skipped."""
    return dataclasses.replace(
        photos,
        examples=photos.examples.map(
            lambda example: example | {"label": tf.zeros_like(example["label"])}
        ),
    )


def apply(flags: Flags, choices: Choices) -> None:
    """Sets the flags as if the choices were given."""
    for name, value in dataclasses.asdict(choices).items():
        flags[name].value = settings.as_flag(value)


def print_plan(plan: Plan, folder: str) -> None:
    """Prints what was measured and what follows from it."""
    photos: Any = plan.fingerprint
    height, width = photos["size"]
    size = f"{photos['num_photos']} photos, mostly of {height}x{width} pixels"
    labeled = f"{100 * photos['labeled']:.0f} % of the pixels labeled"
    print(printable(f"Plan for {folder}: {size}, {labeled}"))
    for line in plan.table():
        print(printable(line))
    print(f"  {length(plan)}", flush=True)


def length(plan: Plan) -> str:
    """How long the training is, in a sentence."""
    views = plan.steps * (plan.choices.batch_size or 1)
    crops = f"{views / plan.fingerprint['num_photos']:,.0f} crops of each photo"
    if plan.minutes is None:
        return f"{plan.steps:,} steps as given, {crops}"
    return (
        f"{plan.minutes:g} minutes: about {plan.steps:,} steps, {crops}; a "
        f"step took {plan.seconds_per_step:.2g} s"
    )
