"""Runs experiments and writes what came of all of them."""

import json
import pathlib
from collections.abc import Sequence
from typing import Any

from benchmarks.report import write_figure
from experiments import figures, pictures, tables
from experiments.runs import Runs
from keras_rcnn.io.files import make_folder, write_file
from keras_rcnn.training.experiments import (
    experiment_names,
    load_experiment,
    paper_rows,
)
from keras_rcnn.training.experiments.ablations import ABLATIONS


def reproduce(
    names: Sequence[str] | None,
    *,
    data_dir: str | None,
    runs_dir: str,
    results_dir: str,
    num_photos: int,
) -> None:
    """Runs what is missing, then writes the tables and figures of all.

    Args:
        names: of the experiments; None for all but the ablations.
        data_dir: folder of the prepared data sets; None for the usual one.
        runs_dir: folder with a folder of each run.
        results_dir: folder to write.
        num_photos: number of photos to show the labels of, for each run.

    Raises:
        InputError: for unknown experiments, and if a run fails.
    """
    names = names or experiment_names()
    for name in names:
        load_experiment(name)
    results_folder, runs_folder = (
        make_folder(results_dir),
        make_folder(runs_dir),
    )
    runs = Runs(runs_folder, results_folder, data_dir)
    for number, name in enumerate(names, 1):
        print(f"{name} ({number} of {len(names)})", flush=True)
        runs.run(name)
    results = read_results(results_folder)
    page = results_folder / "tables.md"
    write_file(page, tables.write_tables(results).encode())
    write_figures(results_folder, results)
    for name in names:
        experiment = load_experiment(name)
        rows = paper_rows(experiment.dataset, experiment.preset)
        # The photos of the data sets are not part of this project.
        if num_photos and rows and experiment.split != "all":
            pictures.write_labeled_photos(
                results_folder / "photos",
                name,
                runs_folder / name,
                data_dir,
                num_photos,
            )
    print(page)


def read_results(results_dir: pathlib.Path) -> dict[str, dict[str, Any]]:
    """The results of all experiments, by name, earlier runs included."""
    return {
        file.stem: json.loads(file.read_text())
        for file in sorted(results_dir.glob("*.json"))
    }


def write_figures(
    results_dir: pathlib.Path, results: dict[str, dict[str, Any]]
) -> None:
    """Writes the learning curves, the accuracies and confusion matrices."""
    runs = {
        name: result
        for name, result in results.items()
        if name not in ABLATIONS
    }
    for name, draw in figures.FIGURES.items():
        write_figure(results_dir / f"{name}.png", draw(runs))
    pictures.write_confusion_matrices(results_dir, runs)
