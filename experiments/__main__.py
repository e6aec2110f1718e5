r"""Repeats the tables of the paper: trains, scores, writes `results/`.

    keras-rcnn prepare --dataset=stanford_background \
        --manual_dir=FOLDER_OF_THE_ARCHIVE
    python -m experiments --experiments=stanford_rcnn2_longest

That is the recipe of the network that ships for Stanford Background, with the
runs that it continues: two and a half hours of training on a core with AVX-512
and bfloat16. Without --experiments, all experiments but the ablations are run,
which takes a day. The command does nothing twice: it skips what `runs/` and
`results/` hold, and continues where it was interrupted.
"""

import sys

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule

reproduction = LazyModule("experiments.reproduction")

FLAGS = Flags()
FLAGS.add_list(
    "experiments",
    "Names of the experiments; all but the ablations if not given.",
)
FLAGS.add_string("data_dir", None, "Where the data sets were prepared.")
FLAGS.add_string("runs_dir", "runs", "Folder of the training runs.")
FLAGS.add_string("results_dir", "results", "Folder to write.")
FLAGS.add_integer(
    "num_photos", 6, "Photos to show the labels of, for each run.", at_least=0
)


def main() -> None:
    """Runs what is missing, then writes the tables and figures of all."""
    # The training that this process starts has to end with it.
    runner.interrupt_at_sigterm()
    reproduction.reproduce(
        FLAGS.experiments,
        data_dir=FLAGS.data_dir,
        runs_dir=FLAGS.runs_dir,
        results_dir=FLAGS.results_dir,
        num_photos=FLAGS.num_photos,
    )


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m experiments", *sys.argv[1:]],
        )
    )
