"""A plan: the settings of a training, and why they were chosen."""

import dataclasses
import json
import pathlib
from typing import Any

from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder, write_file
from keras_rcnn.io.json_files import ODD_CONTENT
from keras_rcnn.training.planning.choices import Choices

PLAN_FILE = "plan.json"


@dataclasses.dataclass(frozen=True)
class Plan:
    """The settings of a training, and why they were chosen.

    Args:
        fingerprint: of the photos to train on.
        seconds_per_step: of the preset `pyramid` or a given one on this
            machine, with the crops of the plan; None if it was not measured.
        minutes: of the training; None if the steps are given.
        steps: about as many fit into the minutes, or as many are given.
        choices: the settings.
        reasons: for each setting, by its name.
    """

    fingerprint: dict[str, Any]
    seconds_per_step: float | None
    minutes: float | None
    steps: int
    choices: Choices
    reasons: dict[str, str]

    def write(self, folder: pathlib.Path) -> None:
        """Writes `plan.json` into the folder of a model."""
        content = json.dumps(dataclasses.asdict(self), indent=2) + "\n"
        write_file(make_folder(folder) / PLAN_FILE, content.encode())

    def table(self) -> list[str]:
        """A line for each setting with its value and the reason."""
        choices = dataclasses.asdict(self.choices)
        rows = [(name, shown(value)) for name, value in choices.items()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [
            f"  {name:{widths[0]}}  {value:{widths[1]}}  {self.reasons[name]}"
            for name, value in rows
        ]


def shown(value: Any) -> str:
    """A value as its flag takes it.

    >>> [shown(v) for v in ((192, 256), (0.6, 1.6), True, None, 8)]
    ['192x256', '0.6,1.6', 'yes', '-', '8']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "-"
    if isinstance(value, tuple):
        is_size = all(isinstance(part, int) for part in value)
        return ("x" if is_size else ",").join(f"{part:g}" for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def read_plan(folder: pathlib.Path) -> Plan | None:
    """The plan in the folder of a model, if there is one.

    Raises:
        InputError: if it is damaged.
    """
    file = folder / PLAN_FILE
    if not file.is_file():
        return None
    try:
        values = json.loads(file.read_bytes())
        choices = values["choices"]
        for name in ("crop", "scale_range"):
            choices[name] = choices[name] and tuple(choices[name])
        values["choices"] = Choices(**choices)
        plan = Plan(**values)
        plan.table()
        if not plan.choices.longest_side >= 1:
            raise ValueError("longest_side")
    except (OSError, *ODD_CONTENT) as error:
        raise InputError(
            f"{file} is damaged ({error}): delete it and give --longest_side, "
            "or train again in another folder."
        ) from error
    return plan
