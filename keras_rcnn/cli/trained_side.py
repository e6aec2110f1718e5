"""The longest side of the photos that a model was trained on by a plan."""

import pathlib
import shutil
import sys

from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.cli.model_flags import model_names
from keras_rcnn.errors import InputError

planning = LazyModule("keras_rcnn.training.planning.plan")

_PLAN_FILE = "plan.json"


def take_trained_side(values: Flags, models: str) -> None:
    """Sets --longest_side to that of the models' plans, if it is not given.

    Args:
        values: flags of the command.
        models: see `planned_side`.

    Raises:
        InputError: see `planned_side`.
    """
    if values.longest_side is None and (side := planned_side(models)):
        values["longest_side"].value = side
        print(
            f"note: larger photos are scaled down to {side} pixels, as in "
            "training (plan.json); --longest_side overrides that.",
            file=sys.stderr,
        )


def planned_side(models: str) -> int | None:
    """The longest side of the models' plans; None if they have none.

    Args:
        models: file or folder of a model, or several with commas between them.

    Raises:
        InputError: if the plans have different sides, or one is damaged.
    """
    sides = {}
    for model in model_names(models):
        if (file := plan_file(model)).is_file():
            sides[model] = planning.read_plan(file.parent).choices.longest_side
    if len(set(sides.values())) > 1:
        found = ", ".join(f"{side} ({name})" for name, side in sides.items())
        raise InputError(
            f"The models were trained on photos of different sizes, {found}: "
            "give longest_side=, or models that were trained alike."
        )
    return next(iter(sides.values()), None)


def copy_plan(model: str, folder: pathlib.Path) -> None:
    """Puts the plan of a model beside an export of it, or removes another.

    Args:
        model: file or folder of the model.
        folder: of the export.
    """
    source, target = plan_file(model), folder / _PLAN_FILE
    if source.is_file() and source.resolve() != target.resolve():
        shutil.copyfile(source, target)
    elif not source.is_file():
        target.unlink(missing_ok=True)


def plan_file(model: str) -> pathlib.Path:
    """Where the plan of a model is, if it has one."""
    path = pathlib.Path(model).expanduser()
    # The name of a shipped network is no file.
    return (path.parent if path.is_file() else path) / _PLAN_FILE
