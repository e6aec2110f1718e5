r"""Measures speed and memory on this machine, with nothing else running.

    python tools/benchmark.py --suite=labeling --output_dir=measured

`labeling`: each method at each resolution and size. `training`: a step of
each recipe, and its share of waiting for data. `memory`: the peak over the
size of the photo. `startup`: from the import to the first labels. `serving`:
photos a second and waiting times of 1 to 32 clients. `corpus`: what a worker
of tools/label_corpus.py does with a photo. `allreduce`: what two workers of
tools/train.py send each other. Minutes each on two cores.

What is compared is run in turns. The figures are medians, with quartiles in
brackets where there is more than one run. The folder gets SUITE.json and
SUITE.png. Each suite has its own defaults, and says so of a flag that it does
not take.
"""

import importlib
import inspect
import re
import types
from typing import Any

from absl import flags

from keras_rcnn.cli import float_flags, runner

FLAGS = flags.FLAGS
flags.DEFINE_enum(
    "suite",
    None,
    [
        "labeling",
        "training",
        "memory",
        "startup",
        "serving",
        "corpus",
        "allreduce",
    ],
    "What to measure.",
    required=True,
)
flags.DEFINE_string("output_dir", None, "Folder for SUITE.json and SUITE.png.")
flags.DEFINE_string("report", None, "JSON file for the figures.")
# The flags below have a default in each suite that takes them.
flags.DEFINE_string("model", None, "Folder of the model; the shipped one.")
flags.DEFINE_string("preset", None, "Fresh weights of that preset instead.")
flags.DEFINE_list("sizes", None, "Photos, heights x widths: 240x320,480x640.")
flags.DEFINE_list("resolutions", None, "Output resolutions: 8,4,2,1.")
flags.DEFINE_list("precisions", None, "float32,mixed_bfloat16.")
flags.DEFINE_integer("repeats", None, "Most runs of a thing.", lower_bound=1)
float_flags.define_float(
    "seconds", None, "Time for the runs of a thing.", lower_bound=0
)
float_flags.define_float(
    "longest_seconds",
    None,
    "What should take longer than this is not run.",
    lower_bound=0,
)
flags.DEFINE_integer("steps", None, "Training steps a run.", lower_bound=1)
flags.DEFINE_integer(
    "requests", None, "Requests in a row of the longest run.", lower_bound=1
)
CHOICES = (
    "model preset sizes resolutions precisions repeats seconds "
    "longest_seconds steps requests"
).split()
PRECISIONS = ("float32", "mixed_bfloat16")


def main() -> None:
    """Measures, prints, writes."""
    import tensorflow as tf

    from benchmarks import machine, report
    from keras_rcnn.errors import InputError
    from keras_rcnn.io.files import make_folder

    # It takes many graphs of one function for a mistake; here they are meant.
    tf.get_logger().setLevel("ERROR")
    suite = importlib.import_module(f"benchmarks.{FLAGS.suite}")
    settings = read_settings(suite)
    # Before minutes are spent on what cannot be written.
    folder = make_folder(FLAGS.output_dir) if FLAGS.output_dir else None
    here = machine.describe()
    try:
        results = suite.measure(**settings)
    except tf.errors.ResourceExhaustedError as error:
        raise InputError(
            "This machine has too little memory for that: give smaller --sizes."
        ) from error
    figures = {
        "suite": FLAGS.suite,
        "machine": here,
        "settings": settings,
        "results": results,
    }
    print(machine.sentence(here))
    print(report.table(results, suite.COLUMNS))
    print(suite.NOTES)
    runner.write_report(FLAGS.report, figures)
    if folder:
        report.write_figure(folder / f"{FLAGS.suite}.png", suite.draw(results))
        runner.write_report(folder / f"{FLAGS.suite}.json", figures)


def read_settings(suite: types.ModuleType) -> dict[str, Any]:
    """The suite's defaults and what the flags say instead.

    Raises:
        InputError: for a flag that the suite does not take, or that cannot
            be read.
    """
    from keras_rcnn.errors import InputError

    settings = {
        name: parameter.default
        for name, parameter in inspect.signature(
            suite.measure
        ).parameters.items()
    }
    readers = {
        "sizes": read_size,
        "resolutions": read_resolution,
        "precisions": read_precision,
    }
    for name in CHOICES:
        value = FLAGS[name].value
        if value is None:
            continue
        if name not in settings:
            raise InputError(
                f"--suite={FLAGS.suite} takes no --{name}: leave it out."
            )
        if value in ("", []):
            raise InputError(f"--{name} is empty: fill it in or leave it out.")
        if name in readers:
            value = list(dict.fromkeys(map(readers[name], value)))
        settings[name] = value
    return settings


def read_size(text: str) -> tuple[int, int]:
    """Height and width, as in 240x320."""
    from keras_rcnn.errors import InputError

    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text.strip())
    if not match:
        raise InputError(
            f"--sizes={','.join(FLAGS.sizes)}: {text!r} is no size; give "
            "heights and widths in pixels, such as 240x320,480x640."
        )
    return int(match[1]), int(match[2])


def read_resolution(text: str) -> int:
    """Pixels from one label to the next."""
    from keras_rcnn.errors import InputError

    if not re.fullmatch(r"[1-9]\d*", text.strip()):
        raise InputError(
            f"--resolutions={','.join(FLAGS.resolutions)}: {text!r} is no "
            "resolution; give whole numbers, such as 8,4,2,1."
        )
    return int(text)


def read_precision(text: str) -> str:
    """A Keras dtype policy."""
    from keras_rcnn.errors import InputError

    if text.strip() not in PRECISIONS:
        raise InputError(
            f"--precisions={','.join(FLAGS.precisions)}: {text!r} is none; "
            f"choose from {','.join(PRECISIONS)}."
        )
    return text.strip()


if __name__ == "__main__":
    runner.run(main)
