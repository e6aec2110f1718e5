"""The card of a network that ships."""

import hashlib
import json

import pytest

from keras_rcnn import RecurrentCNN
from keras_rcnn.models.saving import save_model
from keras_rcnn.training.experiments import experiment_names, scored_name
from tests.helpers.run_command import error_line

RUN = {
    "command": "python tools/train.py --experiment=stanford_plain_all",
    "date": "2026-01-02",
    "machine": "A processor, 2 cores\npython 3",
    "steps": 1234,
    "minutes": 99.6,
    "scores": {},
}
SCORE = {
    "pixel_accuracy": 0.8123,
    "class_accuracy": 0.7049,
    "mean_iou": 0.6,
    "per_class": {"sky": 0.912, "tree": None},
}


@pytest.fixture
def folders(tmp_path):
    """Results of two runs, and a network."""
    results = tmp_path / "results"
    results.mkdir()
    (results / "stanford_plain_all.json").write_text(json.dumps(RUN))
    held_out = RUN | {
        "command": "python tools/train.py --experiment=stanford_plain_dense",
        "scores": {"1 at 1/1": SCORE},
    }
    (results / "stanford_plain_dense.json").write_text(json.dumps(held_out))
    (tmp_path / "net").mkdir()
    save_model(
        RecurrentCNN.from_preset("plain", 8), tmp_path / "net" / "model.keras"
    )
    return results, tmp_path / "net"


@pytest.fixture
def run(run_command, folders):
    """Function of an experiment that runs the command."""
    results, folder = folders
    return lambda experiment: run_command(
        "model-card",
        f"--experiment={experiment}",
        f"--model_dir={folder}",
        f"--results_dir={results}",
    )


@pytest.fixture
def card_of(run, folders):
    """Function of an experiment that gives its card."""

    def write(experiment):
        file = folders[1] / "README.md"
        assert run(experiment) == (0, f"{file}\n", "")
        return file.read_text()

    return write


def test_tells_what_it_is_and_how_good(card_of, folders):
    folder = folders[1]

    card = card_of("stanford_plain_all")

    assert "33,633 weights" in card
    assert "1,234 steps, 100 minutes on A processor, 2 cores, 2026-01-02" in (
        card.replace("\n", " ")
    )
    for run in ("stanford_plain_all", "stanford_plain_dense"):
        assert f"    keras-rcnn train --experiment={run}\n" in card
    assert "| 1 | 1/1 | 81.2 | 70.5 | 60.0 | 79.5 / 69.5 |\n" in card
    assert "| sky | 91.2 |\n| tree | - |\n" in card
    content = (folder / "model.keras").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert f"| `model.keras` | {len(content)} | `{digest}` |\n" in card


def test_tells_what_the_network_builds_on(card_of, folders):
    name = "stanford_rcnn2_longest"
    (folders[0] / f"{name}.json").write_text(
        json.dumps(RUN | {"scores": {"3 at 1/1": SCORE}})
    )
    card = card_of(name)
    assert "after the runs that it continues" in card.replace("\n", " ")
    before = "".join(
        f"    keras-rcnn train --experiment=stanford_rcnn2_{run}\n"
        for run in ("augmented", "longer")
    )
    own = "    keras-rcnn train --experiment=stanford_plain_all\n"
    assert f"\n{before}{own}" in card


def test_names_results_that_are_missing_or_not_scored(run, folders):
    results, folder = folders
    results /= "stanford_plain_dense.json"
    results.write_text(json.dumps(RUN))
    assert "holds no scores" in error_line(run("stanford_plain_all"))
    results.unlink()
    line = error_line(run("stanford_plain_all"))
    assert "stanford_plain_dense.json cannot be read" in line
    assert "-m experiments --experiments=stanford_plain_dense first" in line
    assert not (folder / "README.md").exists()


def test_every_network_that_ships_has_a_twin_that_was_scored():
    shipped = [name for name in experiment_names() if name.endswith("_all")]
    assert {name: scored_name(name) for name in shipped} == {
        "sift_plain_all": "sift_plain_dense",
        "sift_rcnn1_all": "sift_rcnn1_longer",
        "sift_rcnn2_all": "sift_rcnn2_dense",
        "stanford_plain_all": "stanford_plain_dense",
        "stanford_rcnn1_all": "stanford_rcnn1_dense",
        "stanford_rcnn2_all": "stanford_rcnn2_longest",
    }


def test_a_network_that_did_not_see_all_photos_has_scores_of_its_own(card_of):
    card = card_of("stanford_plain_dense")
    assert "development part except the photos of fold 0." in card
    assert (
        "the photos of fold 0, which it was not trained on, in percent" in card
    )
