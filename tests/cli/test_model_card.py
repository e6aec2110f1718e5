"""The card of a network that ships."""

import hashlib
import json

import pytest

from keras_rcnn import RecurrentCNN
from keras_rcnn.models.saving import save_model
from keras_rcnn.training.experiments import experiment_names, scored_name

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


def write_card(run_command, results, folder):
    return run_command(
        "model-card",
        "--experiment=stanford_plain_all",
        f"--model_dir={folder}",
        f"--results_dir={results}",
    )


def test_tells_what_it_is_and_how_good(run_command, folders):
    folder = folders[1]

    status, out, err = write_card(run_command, *folders)

    assert (status, err) == (0, "")
    assert out == f"{folder / 'README.md'}\n"
    card = (folder / "README.md").read_text()
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


def test_tells_what_the_network_builds_on(run_command, folders):
    results, folder = folders
    name = "stanford_rcnn2_longest"
    (results / f"{name}.json").write_text(
        json.dumps(RUN | {"scores": {"3 at 1/1": SCORE}})
    )
    status, _, err = run_command(
        "model-card",
        f"--experiment={name}",
        f"--model_dir={folder}",
        f"--results_dir={results}",
    )
    assert (status, err) == (0, "")
    card = (folder / "README.md").read_text()
    assert "after the runs that it continues" in card.replace("\n", " ")
    before = "".join(
        f"    keras-rcnn train --experiment=stanford_rcnn2_{run}\n"
        for run in ("augmented", "longer")
    )
    own = "    keras-rcnn train --experiment=stanford_plain_all\n"
    assert f"\n{before}{own}" in card


def test_names_results_that_are_missing(run_command, folders):
    results, folder = folders
    (results / "stanford_plain_dense.json").unlink()

    status, out, err = write_card(run_command, *folders)

    assert (status, out) == (1, "")
    assert "stanford_plain_dense.json cannot be read" in err
    assert "-m experiments --experiments=stanford_plain_dense first" in err
    assert not (folder / "README.md").exists()


def test_names_results_that_are_not_scored_yet(run_command, folders):
    results = folders[0]
    (results / "stanford_plain_dense.json").write_text(json.dumps(RUN))

    status, out, err = write_card(run_command, *folders)

    assert (status, out) == (1, "")
    assert "holds no scores" in err


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


def test_a_network_that_did_not_see_all_photos_has_scores_of_its_own(
    run_command, folders
):
    results, folder = folders
    status, _, err = run_command(
        "model-card",
        "--experiment=stanford_plain_dense",
        f"--model_dir={folder}",
        f"--results_dir={results}",
    )
    assert (status, err) == (0, "")
    card = (folder / "README.md").read_text()
    assert "development part except the photos of fold 0." in card
    assert (
        "the photos of fold 0, which it was not trained on, in percent" in card
    )
