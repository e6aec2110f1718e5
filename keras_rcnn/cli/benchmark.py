r"""Measures how fast a network labels photos, with nothing else running.

    keras-rcnn benchmark --sizes=240x320 --report=speed.json

It compares all methods at each resolution and size: minutes on two cores. The
methods take turns. The figures are medians, with quartiles in brackets where
there is more than one run.
"""

import inspect
import re
from collections.abc import Callable
from typing import Any

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags, add_report
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError

labeling = LazyModule("keras_rcnn.evaluation.speed.labeling")
machine = LazyModule("keras_rcnn.evaluation.speed.machine")
tables = LazyModule("keras_rcnn.evaluation.speed.tables")

PRECISIONS = ("float32", "mixed_bfloat16")
CHOICES = (
    "model",
    "preset",
    "sizes",
    "resolutions",
    "precisions",
    "repeats",
    "seconds",
    "longest_seconds",
)


def add_flags(values: Flags) -> None:
    """Adds the flags of a measurement, whose defaults are in the function."""
    values.add_string(
        "model",
        None,
        "Folder or file of the model; a shipped one if not given.",
    )
    values.add_string(
        "preset",
        None,
        "Name of a preset, for a network with fresh weights instead.",
    )
    values.add_list("sizes", "Photos, heights x widths: 240x320,480x640.")
    values.add_list("resolutions", "Output resolutions: 8,4,2,1.")
    values.add_list("precisions", f"{','.join(PRECISIONS)}.")
    values.add_integer("repeats", None, "Maximum number of runs of a case.")
    values.add_float(
        "seconds", None, "Time for the runs of a case.", lower_bound=0
    )
    values.add_float(
        "longest_seconds",
        None,
        "Cases that would take longer for a photo are left out.",
        lower_bound=0,
    )
    add_report(values)


FLAGS = Flags()
add_flags(FLAGS)


def main() -> None:
    """Measures and prints the table."""
    settings = read_settings(FLAGS, labeling.measure, CHOICES, "benchmark")
    runner.write_report(FLAGS.report, run("labeling", labeling, settings))


def run(suite: str, module: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Measures, prints the machine and the table, and returns the figures.

    Args:
        suite: name of the measurement.
        module: has `measure`, `COLUMNS` and `NOTES`.
        settings: arguments of `measure`.
    """
    here = machine.describe()
    results = module.measure(**settings)
    print(machine.sentence(here))
    print(tables.text_table(results, module.COLUMNS))
    print(module.NOTES)
    return {
        "suite": suite,
        "machine": here,
        "settings": settings,
        "results": results,
    }


def read_settings(
    values: Flags,
    measure: Callable[..., Any],
    choices: tuple[str, ...],
    command: str,
) -> dict[str, Any]:
    """The default arguments of a function, and the flags that replace them.

    Args:
        values: the flags.
        measure: function whose arguments have defaults.
        choices: names of the flags that may be arguments.
        command: what takes the flags, for the message.

    Raises:
        InputError: for a flag that is no argument, or has no valid value.
    """
    parameters = inspect.signature(measure).parameters
    settings = {name: value.default for name, value in parameters.items()}
    for name in choices:
        value = values[name].value
        if value is None:
            continue
        if name not in settings:
            raise InputError(f"{command} takes no --{name}: leave it out.")
        if value in ("", []):
            raise InputError(f"--{name} is empty: fill it in or leave it out.")
        if isinstance(value, list):
            read = [_read_item(name, value, item.strip()) for item in value]
            value = list(dict.fromkeys(read))
        settings[name] = value
    return settings


def _read_item(name: str, items: list[str], text: str) -> Any:
    """One item of a list, checked if it is a size, resolution or precision."""
    if name == "sizes":
        if match := re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text):
            return int(match[1]), int(match[2])
        reason = (
            "is no size; give heights and widths in pixels, such as "
            "240x320,480x640."
        )
    elif name == "resolutions":
        if re.fullmatch(r"[1-9]\d*", text):
            return int(text)
        reason = "is no resolution; give whole numbers, such as 8,4,2,1."
    elif name != "precisions" or text in PRECISIONS:
        return text
    else:
        reason = f"is no precision; choose from {','.join(PRECISIONS)}."
    raise InputError(f"--{name}={','.join(items)}: {text!r} {reason}")
