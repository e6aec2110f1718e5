"""Rounds of learning in processes that are stopped and killed."""

import signal
import time

import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.teaching.rounds import Rounds
from keras_rcnn.teaching.strokes import Stroke
from tests.helpers.run_command import ROOT


@pytest.fixture
def rounds(project, monkeypatch):
    """Rounds of a project with strokes of both classes."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for label, row in enumerate((5, 25)):
        project.paint("a", Stroke([(2, row), (37, row)], 6, label))
    made = Rounds(project)
    yield made
    made.stop()
    made.wait()


def wait_until(is_true):
    end = time.monotonic() + 240
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_runs_are_numbered_and_the_newest_with_a_model_counts(rounds):
    folder = rounds.project.folder / "runs"
    for name in ("9", "10", "notes"):
        (folder / name).mkdir(parents=True)
    assert [run.name for run in rounds.runs()] == ["9", "10"]
    assert rounds.newest is None
    (folder / "9" / MODEL_FILE).touch()
    assert rounds.newest == folder / "9"


def test_learning_without_strokes_starts_nothing(rounds):
    rounds.project.undo("a")
    with pytest.raises(InputError, match="Only sky is painted"):
        rounds.start(5)
    assert not (rounds.project.folder / "runs").exists()


@pytest.mark.long
def test_a_killed_round_is_taken_up_by_the_next(rounds):
    rounds.start(600)
    with pytest.raises(InputError, match="It is learning already"):
        rounds.start(5)
    wait_until(lambda: rounds.newest)
    rounds._process.send_signal(signal.SIGKILL)
    wait_until(lambda: rounds.error)
    assert rounds.error == (
        "Learning ended early (killed): press Learn to go on from the last "
        "weights."
    )
    assert not rounds.is_learning
    killed = rounds.newest
    # The same after the whole program was killed.
    again = Rounds(rounds.project)
    again.start(600)
    wait_until(lambda: again.status["steps"] > 5)
    again.stop()
    wait_until(lambda: not again.is_learning)
    wait_until(lambda: again.newest != killed)
    assert not again.error
    assert [run.name for run in again.runs()] == ["1", "2"]
    # A round that ends with the page that started it, in order.
    assert (again.newest / MODEL_FILE).is_file()
