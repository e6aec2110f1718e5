r"""Plans for more photos and machines than there were to measure on.

    taskset -c 0 python tools/benchmark.py --suite=corpus --output_dir=measured
    taskset -c 0 python tools/benchmark.py --suite=training \
        --precisions=mixed_bfloat16 --output_dir=measured
    python tools/benchmark.py --suite=allreduce --output_dir=measured
    python tools/scaling.py --measured=measured

prints the tables of docs/scaling.md from these figures: core-hours, memory and
storage of a corpus, what holds up more and more workers that share a link, by
simulating them, and how synchronous training scales.
"""

import json
import pathlib
from typing import Any

from absl import flags

from keras_rcnn.cli import float_flags, runner

FLAGS = flags.FLAGS
flags.DEFINE_string(
    "measured", "docs/measured", "Folder of what tools/benchmark.py wrote."
)
float_flags.define_float(
    "gigabits",
    10.0,
    "Of the link that workers share, a second.",
    lower_bound=0.001,
)
flags.DEFINE_string("figure", None, "PNG file for the simulated speeds.")
# Not measured: what such networks are sold as.
ASSUMED = (
    ("10 Gbit/s, 50 µs", 50e-6, 1.25e9),
    ("100 Gbit/s, 5 µs", 5e-6, 12.5e9),
)


def main() -> None:
    """Reads, computes, prints, draws."""
    from benchmarks import allreduce, report
    from benchmarks.scaling_plan import figure, tables
    from benchmarks.scaling_plan.allreduce import Network

    corpus = read("corpus")["results"]
    link = FLAGS.gigabits * 1e9 / 8
    measured = Network(
        "between two processes, measured",
        *allreduce.fit(read("allreduce")["results"]),
    )
    networks = [measured, *(Network(*assumed) for assumed in ASSUMED)]
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
    """What a suite of the benchmark has measured.

    Raises:
        InputError: if it is not there.
    """
    from keras_rcnn.errors import InputError

    file = pathlib.Path(FLAGS.measured).expanduser() / f"{suite}.json"
    try:
        figures: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise InputError(
            f"--measured: {file} cannot be read ({error}): run python "
            f"tools/benchmark.py --suite={suite} --output_dir={file.parent}."
        ) from error
    return figures


if __name__ == "__main__":
    runner.run(main)
