"""One experiment: trained, scored, written down."""

import datetime
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

from benchmarks import machine
from keras_rcnn.cli import runner
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.augmentation import SIX_VIEWS
from keras_rcnn.models.saving import MODEL_FILE
from keras_rcnn.training.experiments import (
    ABLATION,
    experiment_name,
    experiment_names,
    load_experiment,
    paper_rows,
    scored_name,
)
from keras_rcnn.training.learning_curve import CURVE_FILE, read_curve

Results = Mapping[str, dict[str, Any]]
AVERAGED = "views averaged"
SMOOTHED = "scores averaged"
# Chosen by the validation photos of `stanford_rcnn2_augmented`.
SMOOTHING = 5
TOOLS = pathlib.Path(__file__).parents[1]


def last_score(name: str, result: dict[str, Any]) -> dict[str, Any] | None:
    """That of all instances at full resolution, if there is one."""
    experiment = load_experiment(name)
    rows = paper_rows(experiment.dataset, experiment.preset)
    return result["scores"].get(rows[-1].key) if rows else None


def shipped_scores(
    results: Results, dataset: str, preset: str
) -> dict[str, dict[str, Any]]:
    """Those that count for the network that ships; until then `dense`'s."""
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
    """How tools/evaluate.py is asked for each score of an experiment.

    Settings are judged by their validation photos, never by the test split.
    """
    experiment = load_experiment(name)
    if experiment.split == "all" or name.startswith(ABLATION):
        return {}
    rows = paper_rows(experiment.dataset, experiment.preset)
    choices = {
        row.key: [
            f"--num_instances={row.num_instances}",
            f"--output_resolution={row.output_resolution}",
        ]
        for row in rows
    }
    # More than the paper's networks do, hence reported apart.
    if rows and not name.endswith("_paper"):
        choices[SMOOTHED] = [*choices[rows[-1].key], f"--smoothing={SMOOTHING}"]
        choices[AVERAGED] = ["--flip", *(f"--scale={s}" for s in SIX_VIEWS)]
    return choices


class Runs:
    """Runs of experiments, and what they came to.

    What is there already is neither trained nor scored again; what was
    interrupted goes on.

    Args:
        runs_dir: folder with a folder of each run.
        results_dir: folder with a JSON file of each run's results.
        data_dir: where the data sets were prepared; None for the usual place.
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
        """Trains an experiment and scores it, as far as that is to do."""
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
        """Trains, what it builds on first; what is known of the run so far."""
        for other in load_experiment(name).builds_on:
            if not (self.runs_dir / other / MODEL_FILE).exists():
                self.train(other)
        command = ["train.py", f"--experiment={name}"]
        model_dir = self.runs_dir / name
        report = self._call(
            command, [f"--model_dir={model_dir}", *self.data_flags]
        )
        return {
            "experiment": name,
            "command": shlex.join(["python", "tools/train.py", command[1]]),
            "date": datetime.date.today().isoformat(),
            "machine": machine.sentence(machine.describe()),
            **report,
            "learning_curve": read_curve(model_dir / CURVE_FILE),
            "scores": {},
        }

    def score(self, name: str, choices: list[str]) -> dict[str, Any]:
        """Scores a trained network on photos it never saw."""
        experiment = load_experiment(name)
        command = [
            "evaluate.py",
            f"--dataset={experiment.dataset}",
            "--split=test",
            f"--fold={experiment.fold}",
            *choices,
        ]
        return self._call(
            command, [f"--model={self.runs_dir / name}", *self.data_flags]
        )

    def _call(self, command: list[str], flags: list[str]) -> dict[str, Any]:
        """The report of a program; its progress is seen as it goes on."""
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder, "report.json")
            arguments = [*command[1:], *flags, f"--report={report}"]
            status = subprocess.run(
                [sys.executable, TOOLS / command[0], *arguments],
                stdout=subprocess.DEVNULL,
                check=False,
            ).returncode
            if status == runner.INTERRUPTED:
                raise KeyboardInterrupt
            if status:
                raise InputError(
                    f"tools/{command[0]} {shlex.join(arguments)} has failed "
                    f"with exit status {status}: see above."
                )
            return json.loads(report.read_text())
