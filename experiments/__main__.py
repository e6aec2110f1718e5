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

import json
import sys

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.io.files import make_folder, write_file

entries = LazyModule("keras_rcnn.training.experiments")
figures = LazyModule("experiments.figures")
pictures = LazyModule("experiments.pictures")
report = LazyModule("benchmarks.report")
runs = LazyModule("experiments.runs")
tables = LazyModule("experiments.tables")

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
    names = FLAGS.experiments or entries.experiment_names()
    chosen = {name: entries.load_experiment(name) for name in names}
    results_dir = make_folder(FLAGS.results_dir)
    runs_dir = make_folder(FLAGS.runs_dir)
    trained = runs.Runs(runs_dir, results_dir, FLAGS.data_dir)
    for number, name in enumerate(chosen, 1):
        print(f"{name} ({number} of {len(chosen)})", flush=True)
        trained.run(name)
    # Earlier runs included.
    results = {
        file.stem: json.loads(file.read_text())
        for file in sorted(results_dir.glob("*.json"))
    }
    page = results_dir / "tables.md"
    write_file(page, tables.write_tables(results).encode())
    without_ablations = tables.without_ablations(results)
    for name, draw in figures.FIGURES.items():
        report.write_figure(
            results_dir / f"{name}.png", draw(without_ablations)
        )
    pictures.write_confusion_matrices(results_dir, without_ablations)
    for name, experiment in chosen.items():
        rows = entries.paper_rows(experiment.dataset, experiment.preset)
        # The photos of the data sets are not part of this project.
        if FLAGS.num_photos and rows and experiment.split != "all":
            pictures.write_labeled_photos(
                results_dir / "photos",
                name,
                runs_dir / name,
                FLAGS.data_dir,
                FLAGS.num_photos,
            )
    print(page)


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m experiments", *sys.argv[1:]],
        )
    )
