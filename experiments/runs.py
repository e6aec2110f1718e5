"""Trains and scores experiments and saves their results."""

import datetime
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

from keras_rcnn.cli import runner
from keras_rcnn.errors import InputError
from keras_rcnn.evaluation.speed import machine
from keras_rcnn.labeling.augmentation import SIX_VIEWS
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.training.experiments import (
    experiment_name,
    experiment_names,
    load_experiment,
    paper_rows,
    scored_name,
)
from keras_rcnn.training.experiments.ablations import ABLATIONS
from keras_rcnn.training.learning_curve import CURVE_FILE, read_curve

Results = Mapping[str, dict[str, Any]]
TITLES = {
    "stanford_background": "Stanford Background",
    "sift_flow": "SIFT Flow",
}
AVERAGED = "views averaged"
SMOOTHED = "scores averaged"
# Chosen by the validation photos of `stanford_rcnn2_augmented`.
SMOOTHING = 5


def last_score(name: str, result: dict[str, Any]) -> dict[str, Any] | None:
    """The score of all instances at full resolution, if there is one."""
    experiment = load_experiment(name)
    rows = paper_rows(experiment.dataset, experiment.preset)
    return result["scores"].get(rows[-1].key) if rows else None


def shipped_scores(
    results: Results, dataset: str, preset: str
) -> dict[str, dict[str, Any]]:
    """The scores of the network that ships, or else of the run `dense`."""
    names = [experiment_name(dataset, preset, "dense")]
    on_all_photos = experiment_name(dataset, preset, "all")
    if on_all_photos in experiment_names():
        names.insert(0, scored_name(on_all_photos))
    for name in names:
        if name in results:
            scores: dict[str, dict[str, Any]] = results[name]["scores"]
            return scores
    return {}


def score_choices(name: str) -> dict[str, list[str]]:
    """The flags of `keras-rcnn evaluate` for each score of an experiment.

    Ablations have validation scores only: no setting is chosen by its score on
    the test split.
    """
    experiment = load_experiment(name)
    if experiment.split == "all" or name in ABLATIONS:
        return {}
    rows = paper_rows(experiment.dataset, experiment.preset)
    choices = {
        row.key: [
            f"--num_instances={row.num_instances}",
            f"--output_resolution={row.output_resolution}",
        ]
        for row in rows
    }
    # The paper's networks do neither, so these have rows of their own.
    if rows and not name.endswith("_paper"):
        choices[SMOOTHED] = [*choices[rows[-1].key], f"--smoothing={SMOOTHING}"]
        choices[AVERAGED] = ["--flip", *(f"--scale={s}" for s in SIX_VIEWS)]
    return choices


class Runs:
    """Runs of experiments and their results.

    It does nothing twice and continues runs that were interrupted.

    Args:
        runs_dir: folder with a folder of each run.
        results_dir: folder with a JSON file of each run's results.
        data_dir: folder of the prepared data sets; None for the usual one.
    """

    def __init__(
        self,
        runs_dir: pathlib.Path,
        results_dir: pathlib.Path,
        data_dir: str | None,
    ) -> None:
        self.runs_dir = runs_dir
        self.results_dir = results_dir
        self.data_flags = [f"--data_dir={data_dir}"] if data_dir else []

    def run(self, name: str) -> None:
        """Trains an experiment and adds the scores that are missing."""
        file = self.results_dir / f"{name}.json"
        results = json.loads(file.read_text()) if file.exists() else None
        if results is None:
            results = self.train(name)
            runner.write_report(file, results)
        for key, choices in score_choices(name).items():
            if key not in results["scores"]:
                results["scores"][key] = self.score(name, choices)
                runner.write_report(file, results)

    def train(self, name: str) -> dict[str, Any]:
        """Trains an experiment, after the experiments that it builds on."""
        for other in load_experiment(name).builds_on:
            if not (self.runs_dir / other / MODEL_FILE).exists():
                self.train(other)
        command = ["train", f"--experiment={name}"]
        model_dir = self.runs_dir / name
        report = self._call(*command, f"--model_dir={model_dir}")
        return {
            "experiment": name,
            "command": shlex.join(["keras-rcnn", *command]),
            "date": datetime.date.today().isoformat(),
            "machine": machine.sentence(machine.describe()),
            **report,
            "learning_curve": read_curve(model_dir / CURVE_FILE),
            "scores": {},
        }

    def score(self, name: str, choices: list[str]) -> dict[str, Any]:
        """Scores a trained network on photos that it was not trained on."""
        experiment = load_experiment(name)
        return self._call(
            "evaluate",
            f"--dataset={experiment.dataset}",
            "--split=test",
            f"--fold={experiment.fold}",
            f"--model={self.runs_dir / name}",
            *choices,
        )

    def _call(self, *command: str) -> dict[str, Any]:
        """The report of a `keras-rcnn` command, run in a new process."""
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder, "report.json")
            command = (*command, *self.data_flags, f"--report={report}")
            status = subprocess.run(
                [sys.executable, "-m", "keras_rcnn.cli", *command],
                stdout=subprocess.DEVNULL,
                check=False,
            ).returncode
            if status == runner.INTERRUPTED:
                raise KeyboardInterrupt
            if status:
                raise InputError(
                    f"keras-rcnn {shlex.join(command)} failed with exit status "
                    f"{status}: see above."
                )
            return json.loads(report.read_text())
