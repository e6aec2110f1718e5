r"""Repeats the tables of the paper: trains, scores, writes `results/`.

    python tools/prepare_data.py --dataset=stanford_background \
        --manual_dir=FOLDER_OF_THE_ARCHIVE
    python tools/reproduce.py --experiments=stanford_rcnn2_longest

That is the recipe of the network that ships for Stanford Background, with the
runs that it goes on from: two and a half hours of training on a core with
AVX-512 and bfloat16. Without --experiments, all of `tools/experiments` are run,
which takes a day. What is there already is not done again, and the same command
goes on where it was interrupted.
"""

import json
import pathlib
from typing import Any

from absl import flags

from keras_rcnn.cli import runner

FLAGS = flags.FLAGS
flags.DEFINE_list(
    "experiments", None, "Which to run; all that have a file if not given."
)
flags.DEFINE_string("data_dir", None, "Where the data sets were prepared.")
flags.DEFINE_string("runs_dir", "runs", "Folder of the training runs.")
flags.DEFINE_string("results_dir", "results", "Folder to write.")
flags.DEFINE_integer(
    "num_photos",
    6,
    "Photos to show the labels of, for each run.",
    lower_bound=0,
)


def main() -> None:
    """Runs what is missing, then writes tables and figures of all."""
    from experiments.runs import Runs
    from keras_rcnn.io.files import make_folder
    from keras_rcnn.training.experiments import (
        experiment_names,
        load_experiment,
    )

    # What it runs would go on for an hour without it.
    runner.interrupt_at_sigterm()
    names = FLAGS.experiments or experiment_names()
    for name in names:
        load_experiment(name)
    results_dir = make_folder(FLAGS.results_dir)
    runs_dir = make_folder(FLAGS.runs_dir)
    runs = Runs(runs_dir, results_dir, FLAGS.data_dir)
    for number, name in enumerate(names, 1):
        print(f"{name} ({number} of {len(names)})", flush=True)
        runs.run(name)
    results = read_results(results_dir)
    write_tables(results_dir, results)
    write_figures(results_dir, results)
    write_photos(results_dir, runs_dir, names)
    print(f"{results_dir / 'README.md'}")


def read_results(results_dir: pathlib.Path) -> dict[str, dict[str, Any]]:
    """What all experiments came to, also those run before."""
    return {
        file.stem: json.loads(file.read_text())
        for file in sorted(results_dir.glob("*.json"))
    }


def write_tables(
    results_dir: pathlib.Path, results: dict[str, dict[str, Any]]
) -> None:
    """Writes README.md."""
    from keras_rcnn.io.files import write_file
    from keras_rcnn.training.experiments import tables

    text = tables.write_tables(results)
    write_file(results_dir / "README.md", text.encode())


def write_figures(
    results_dir: pathlib.Path, results: dict[str, dict[str, Any]]
) -> None:
    """Writes the figures."""
    from benchmarks.report import write_figure
    from keras_rcnn.training.experiments import (
        ABLATION,
        figures,
        pictures,
        tables,
    )

    runs = {
        name: result
        for name, result in results.items()
        if not name.startswith(ABLATION)
    }
    for name in tables.FIGURES:
        write_figure(results_dir / f"{name}.png", getattr(figures, name)(runs))
    pictures.write_confusion_matrices(results_dir, runs)


def write_photos(
    results_dir: pathlib.Path, runs_dir: pathlib.Path, names: list[str]
) -> None:
    """Writes labels of the data sets' photos, which are not ours to ship."""
    from keras_rcnn.training.experiments import (
        load_experiment,
        paper_rows,
        pictures,
    )

    for name in names:
        experiment = load_experiment(name)
        rows = paper_rows(experiment.dataset, experiment.preset)
        if FLAGS.num_photos and rows and experiment.split != "all":
            pictures.write_labeled_photos(
                results_dir / "photos",
                name,
                runs_dir / name,
                FLAGS.data_dir,
                FLAGS.num_photos,
            )


if __name__ == "__main__":
    runner.run(main)
