"""From an experiment to its row beside the paper's."""

import json
import pathlib
import subprocess
import sys
import time

import pytest

from experiments import __main__ as command
from experiments import runs, tables
from keras_rcnn.training.experiments import PAPER_ROWS
from tests.helpers.run_command import run_command

ROOT = pathlib.Path(__file__).parents[2]


def run_of(pixels, classes, **more):
    score = {"pixel_accuracy": pixels, "class_accuracy": classes}
    return {
        "command": "keras-rcnn train --experiment=x",
        "date": "2026-01-02",
        "machine": "A processor, 2 cores\npython 3",
        "steps": 1234,
        "minutes": 99.6,
        "num_parameters": 98083,
        "scores": {"3 at 1/1": score},
        **more,
    }


def test_our_scores_stand_beside_the_papers():
    text = tables.write_tables(
        {
            "stanford_rcnn2_dense": run_of(0.8123, 0.7049),
            "stanford_rcnn2_paper": run_of(0.5, 0.25),
        }
    )
    row = "| rCNN2 | 3 | 1/1 | 80.2 / 69.9 | 50.0 / 25.0 | 81.2 / 70.5 |"
    assert row + 6 * " - |" in text.splitlines()
    row = "| rCNN2 | 3 | 1/8 | 78.4 / - |"
    assert row + 8 * " - |" in text.splitlines()
    assert (
        "| 98,083 | 1,234 | 100 | 81.2 / 70.5 | 2026-01-02, A processor, 2 "
        "cores |" in text
    )
    # Each table has as many cells in every line.
    for table in text.split("\n\n"):
        lines = [x for x in table.splitlines() if x.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1


def test_averaged_views_are_told_apart():
    score = {"pixel_accuracy": 0.83, "class_accuracy": 0.72}
    run = run_of(0.8123, 0.7049)
    run["scores"]["views averaged"] = score
    text = tables.write_tables({"stanford_rcnn2_dense": run})
    row = "| rCNN2, 6 views averaged | 3 | 1/1 |  | - | 83.0 / 72.0 |"
    assert row + 6 * " - |" in text.splitlines()
    assert text.count("averaged") == 1


def test_gains_are_counted_from_the_base():
    def validated(pixels, classes):
        return run_of(
            0,
            0,
            validation_pixel_accuracy=pixels,
            validation_class_accuracy=classes,
        )

    text = tables.write_tables(
        {
            "ablation_base": validated(0.75, 0.6),
            "ablation_no_flip": validated(0.7375, 0.61),
        }
    )
    assert "| `ablation_base` |  | 75.0 / 60.0 |  | 100 |" in text
    row = "| `ablation_no_flip` | `flip=False` | 73.8 / 61.0 | -1.2 / +1.0 |"
    assert f"{row} 100 |" in text


SHORT = "--experiments=synthetic_rcnn1_short"


@pytest.mark.long
def test_what_is_there_is_not_done_again(capfd, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    status, output, errors = run_command(capfd, command, SHORT)
    assert status == 0, errors
    assert output.splitlines()[-1] == "results/tables.md"
    file = tmp_path / "results" / "synthetic_rcnn1_short.json"
    result = json.loads(file.read_text())
    assert result["steps"] == 20
    assert result["learning_curve"][-1]["step"] == 20
    written = {
        path: path.stat().st_mtime_ns
        for path in (tmp_path / "runs").rglob("*")
        if path.is_file()
    }
    assert run_command(capfd, command, SHORT)[0] == 0
    assert written == {path: path.stat().st_mtime_ns for path in written}
    assert json.loads(file.read_text()) == result
    names = {path.name for path in (tmp_path / "results").iterdir()}
    assert {"tables.md", "learning_curves.png"} <= names


@pytest.mark.slow
def test_a_run_ends_with_the_program(tmp_path):
    """No training goes on by itself after `kill`."""
    folders = f"--runs_dir={tmp_path}", f"--results_dir={tmp_path}"
    with subprocess.Popen(
        [sys.executable, "-m", "experiments", SHORT, *folders],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    ) as process:
        settings = tmp_path / "synthetic_rcnn1_short" / "settings.json"
        while not settings.exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.terminate()
        assert process.wait() == 130
        # The pipe is at its end, so that the training has ended as well.
        assert process.stderr.read().endswith(b"interrupted\n")


def test_unknown_experiments_are_refused_before_any_work(
    capfd, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    status, output, errors = run_command(capfd, command, "--experiments=magic")
    assert (status, output) == (1, "")
    assert errors.startswith("error: There is no experiment 'magic'")
    assert not list(tmp_path.iterdir())


def test_settings_are_not_judged_by_the_photos_that_are_reported():
    assert runs.score_choices("ablation_base") == {}
    assert runs.score_choices("stanford_rcnn2_all") == {}
    paper = runs.score_choices("stanford_rcnn2_paper")
    dense = runs.score_choices("stanford_rcnn2_dense")
    rows = PAPER_ROWS["stanford_background", "rcnn2"]
    assert [*paper] == [row.key for row in rows]
    assert {*dense} - {*paper} == {runs.SMOOTHED, runs.AVERAGED}


def test_figures_show_the_recipe_that_ships():
    dense, longest = run_of(0.8, 0.7), run_of(0.81, 0.71)
    results = {"stanford_rcnn2_dense": dense, "stanford_plain_paper": dense}
    found = runs.shipped_scores(results, "stanford_background", "rcnn2")
    assert found == dense["scores"]
    results["stanford_rcnn2_longest"] = longest
    found = runs.shipped_scores(results, "stanford_background", "rcnn2")
    assert found == longest["scores"]
    assert runs.shipped_scores(results, "stanford_background", "plain") == {}
