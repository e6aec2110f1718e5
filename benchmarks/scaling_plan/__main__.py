r"""Estimates a corpus or a training run on many machines.

    taskset -c 0 python -m benchmarks corpus --output_dir=measured
    taskset -c 0 python -m benchmarks training \
        --precisions=mixed_bfloat16 --output_dir=measured
    python -m benchmarks allreduce --output_dir=measured
    python -m benchmarks.scaling_plan --measured=measured

The last command prints the tables of docs/scaling.md from these measurements:
core-hours, memory and storage of a corpus, the simulated throughput of workers
that share a link, and how synchronous training scales.
"""

import json
import pathlib
import sys
from typing import Any

from benchmarks.scaling_plan.network import Network
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError

allreduce = LazyModule("benchmarks.allreduce")
figure = LazyModule("benchmarks.scaling_plan.figure")
report = LazyModule("benchmarks.report")
tables = LazyModule("benchmarks.scaling_plan.tables")

FLAGS = Flags()
FLAGS.add_string(
    "measured", "docs/measured", "Folder that `python -m benchmarks` wrote."
)
FLAGS.add_float(
    "gigabits",
    10.0,
    "Gbit/s of the link that the workers share.",
    lower_bound=0.001,
)
FLAGS.add_string("figure", None, "PNG file for the simulated speeds.")
# Advertised latency and bandwidth; not measured.
ASSUMED = (
    ("10 Gbit/s, 50 µs", 50e-6, 1.25e9),
    ("100 Gbit/s, 5 µs", 5e-6, 12.5e9),
)


def main() -> None:
    """Prints the tables and draws the figure."""
    corpus = read("corpus")["results"]
    link = FLAGS.gigabits * 1e9 / 8
    alpha_beta = allreduce.fit(read("allreduce")["results"])
    networks = [
        Network("between two processes, measured", *alpha_beta),
        *(Network(*assumed) for assumed in ASSUMED),
    ]
    (dense,) = (
        row for row in read("training")["results"] if row["recipe"] == "dense"
    )
    crop = dense["seconds_per_step"]["median"] / tables.CROPS
    for title, table in (
        ("Core-hours", tables.core_hours(corpus)),
        ("Storage", tables.storage(corpus)),
        (
            f"A link of {FLAGS.gigabits:g} Gbit/s",
            tables.bottlenecks(corpus, link),
        ),
        ("Training", tables.training(networks, crop)),
    ):
        print(f"{title}\n\n{table}")
    if FLAGS.figure:
        report.write_figure(
            pathlib.Path(FLAGS.figure),
            figure.draw(tables.extremes(corpus), link),
        )


def read(suite: str) -> dict[str, Any]:
    """The measurements of a suite.

    Raises:
        InputError: if they cannot be read.
    """
    file = pathlib.Path(FLAGS.measured).expanduser() / f"{suite}.json"
    try:
        figures: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise InputError(
            f"--measured: {file} cannot be read ({error}): run python -m "
            f"benchmarks --suite={suite} --output_dir={file.parent}."
        ) from error
    return figures


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m benchmarks.scaling_plan", *sys.argv[1:]],
        )
    )
