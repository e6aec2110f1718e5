"""Strokes of a script, and what a network learns from them."""

import json

import numpy as np
import pytest

from experiments import stroke_painter, strokes
from keras_rcnn.datasets.synthetic import draw_scene
from keras_rcnn.teaching.strokes import draw_stroke
from tests.helpers import run_command


@pytest.fixture
def run_strokes(capfd):
    """Function of the command line of the program."""
    return lambda *arguments: run_command.run_command(
        capfd, strokes, *arguments
    )


def test_strokes_lie_in_their_class_and_where_the_guess_is_wrong():
    _, truth = draw_scene(np.random.default_rng(0))
    empty = np.full_like(truth, 255)
    rng = np.random.default_rng(0)
    painted = [*stroke_painter.strokes(empty, truth, 10, rng)]
    assert len(painted) == 10
    assert {stroke.label for stroke in painted} == set(np.unique(truth))
    for stroke in painted:
        mask = draw_stroke(empty, stroke)
        # A little of a round brush reaches over an edge.
        assert (truth[mask != 255] == stroke.label).mean() > 0.9
    guess = np.where(np.arange(160) < 80, truth, (truth + 1) % 6)
    for stroke in stroke_painter.strokes(empty, truth, 10, rng, guess):
        assert stroke.points[0][0] >= 80
    right = stroke_painter.strokes(empty, truth, 10, rng, truth)
    assert [*right] == []


@pytest.mark.long
def test_the_program_writes_scores_of_each_round(run_strokes, tmp_path):
    report = tmp_path / "report.json"
    status, out, err = run_strokes(
        "--strokes=3",
        "--painted=1",
        "--tested=1",
        "--seconds=0.1",
        "--nomasks",
        "--rounds=1",
        f"--report={report}",
    )
    assert status == 0, err
    (scores,) = json.loads(report.read_text())["curves"]["3"]
    assert scores["strokes"] == 3
    assert scores["steps"] >= 1
    assert f"{100 * scores['pixel_accuracy']:.1f} % of the pixels" in out


@pytest.mark.long
def test_three_photos_of_ten_strokes_teach_the_rest(run_strokes, tmp_path):
    report = tmp_path / "report.json"
    status, _, err = run_strokes("--nomasks", f"--report={report}")
    assert status == 0, err
    first, second = json.loads(report.read_text())["curves"]["10"]
    assert (first["strokes"], second["strokes"]) == (30, 60)
    # 60 seconds of two cores; building the graph takes no time.
    assert first["processor_seconds"] < 122
    assert first["pixel_accuracy"] > 0.85
    assert second["pixel_accuracy"] > first["pixel_accuracy"]
