r"""Measures speed and memory on this machine, with nothing else running.

    python -m benchmarks labeling --output_dir=measured

`labeling`: each method at each resolution and size. `training`: a step of
each recipe, and how long it waits for data. `memory`: the peak for each size
of photo. `startup`: from the import to the first labels. `serving`: photos a
second and waiting times of 1 to 32 clients. `corpus`: the parts of the work of
`keras-rcnn label-corpus` for a photo. `allreduce`: what two workers of
`keras-rcnn train` send each other. `operations`: the kinds of operations of
LiteRT and ONNX files. Minutes each on two cores.

    python -m benchmarks peers --minutes=8 --output_dir=peers

`peers`: networks of others, rCNN2 and the pyramid, each trained for the same
processor time, and scored on photos that were not trained on. Each run is kept
in the folder: the same command goes on where it was interrupted, and measures
the speed of the finished runs again.

What is compared takes turns. The figures are medians, with quartiles in
brackets where there is more than one run. SUITE.json and SUITE.png are written
to the folder. Each suite has its own defaults, and refuses flags that it does
not take.
"""

import importlib
import sys
from collections.abc import Sequence

from keras_rcnn.cli import benchmark, runner
from keras_rcnn.cli.flags import DATASETS, Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder

report = LazyModule("benchmarks.report")
tf = LazyModule("tensorflow")

SUITES = (
    "labeling",
    "training",
    "memory",
    "startup",
    "serving",
    "corpus",
    "allreduce",
    "operations",
    "peers",
)
PEERS = ("contenders", "minutes", "dataset", "data_dir")
FLAGS = Flags()
FLAGS.add_enum(
    "suite",
    None,
    SUITES,
    "What to measure; may be given without --suite=.",
    required=True,
)
FLAGS.add_string("output_dir", None, "Folder for SUITE.json and SUITE.png.")
benchmark.add_flags(FLAGS)
FLAGS.add_integer("steps", None, "Training steps a run.")
FLAGS.add_integer("requests", None, "Number of requests of the longest run.")
FLAGS.add_list("contenders", "What to train; all if not given.")
FLAGS.add_float(
    "minutes",
    None,
    "Processor time of the training of each contender, of all threads. "
    "Building and scoring do not count.",
    lower_bound=0,
)
FLAGS.add_enum("dataset", None, DATASETS, "Photos to train on and to score.")
FLAGS.add_string("data_dir", None, "Where the data sets were prepared.")
CHOICES = (*benchmark.CHOICES, "steps", "requests", *PEERS)


def main() -> None:
    """Measures, prints and writes."""
    # The same function is traced for many sizes, of which TensorFlow warns.
    tf.get_logger().setLevel("ERROR")
    name = FLAGS.suite
    suite = importlib.import_module(f"benchmarks.{name}")
    # Other suites only write their figures there.
    choices = (*CHOICES, "output_dir") if name == "peers" else CHOICES
    settings = benchmark.read_settings(
        FLAGS, suite.measure, choices, f"--suite={name}"
    )
    folder = make_folder(FLAGS.output_dir) if FLAGS.output_dir else None
    try:
        figures = benchmark.run(name, suite, settings)
    except tf.errors.ResourceExhaustedError as error:
        raise InputError(
            "This machine has too little memory for that: give smaller --sizes."
        ) from error
    runner.write_report(FLAGS.report, figures)
    if folder:
        figure = suite.draw(figures["results"])
        report.write_figure(folder / f"{name}.png", figure)
        runner.write_report(folder / f"{name}.json", figures)


def with_suite(arguments: Sequence[str]) -> list[str]:
    """Arguments in which the name of a suite may come first."""
    if arguments and arguments[0] in SUITES:
        return [f"--suite={arguments[0]}", *arguments[1:]]
    return list(arguments)


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m benchmarks", *with_suite(sys.argv[1:])],
        )
    )
