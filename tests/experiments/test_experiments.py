"""The tables of experiments, and how `keras-rcnn train` repeats them."""

import dataclasses
import json
import pathlib

import pytest

from experiments.runs import last_score
from experiments.tables import percent
from keras_rcnn.cli import main
from keras_rcnn.errors import InputError
from keras_rcnn.models.presets import PYRAMIDS, get_preset
from keras_rcnn.training.experiments import (
    PAPER_ROWS,
    experiment_name,
    experiment_names,
    load_experiment,
    scored_name,
)
from keras_rcnn.training.experiments.ablations import (
    ABLATIONS,
    BASE,
    describe_changes,
)

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.parametrize("name", experiment_names())
def test_every_experiment_fits_its_preset_and_its_results(name):
    experiment = load_experiment(name)
    preset = get_preset(experiment.preset)
    phases = experiment.recipe.phases
    assert sum(phase.fraction for phase in phases) == pytest.approx(1)
    assert phases[-1].num_instances == preset.num_instances
    file = ROOT / "results" / f"{name}.json"
    if not file.exists():
        assert experiment.training_minutes is experiment.accuracies is None
        return
    result = json.loads(file.read_text())
    assert result["command"] == f"keras-rcnn train --experiment={name}"
    assert experiment.training_minutes == round(result["minutes"])
    score = last_score(name, result)
    stated = experiment.accuracies
    assert percent(score) == ("{} / {}".format(*stated) if stated else "-")


def test_a_network_trained_on_all_photos_is_scored_by_a_twin():
    """The same settings but for the photos."""
    experiments = {name: load_experiment(name) for name in experiment_names()}
    for name, experiment in experiments.items():
        assert scored_name(name) == (experiment.scored_by or name)
        assert (experiment.split == "all") == bool(experiment.scored_by)
        if twin := experiments.get(experiment.scored_by):
            changed = {"split": "all", "validation_fraction": 0.0}
            assert experiment.settings() == twin.settings() | changed


def test_every_row_of_the_paper_has_a_run_by_both_recipes():
    networks = [each for each in PAPER_ROWS if each[1] not in PYRAMIDS]
    assert len(networks) == len(PAPER_ROWS) - 2
    for dataset, preset in networks:
        for recipe in ("paper", "dense"):
            experiment = load_experiment(
                experiment_name(dataset, preset, recipe)
            )
            assert experiment.dataset == dataset
            assert experiment.preset == preset
            sampled = {p.grid_size > 0 for p in experiment.recipe.phases}
            assert sampled == {recipe == "dense"}


@pytest.mark.parametrize(
    "name", sorted({*ABLATIONS} - {"ablation_base", "ablation_no_curriculum"})
)
def test_an_ablation_changes_one_setting(name):
    # Other crops have about as many pixels; other curricula, other phases;
    # other optimizers, other learning rates.
    more = {
        "ablation_small_crops": 2,
        "ablation_large_crops": 2,
        "ablation_longer_second": 2,
        "ablation_more_photos": 2,
        "ablation_adamw": 7,
        "ablation_lion": 7,
    }
    changed = settings(ABLATIONS[name].settings()) - settings(BASE.settings())
    assert len(changed) == more.get(name, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ablation_base", ""),
        ("ablation_no_curriculum", "last phase alone"),
        ("ablation_small_crops", "phase 3: `batch_size=8`, `grid_size=8`"),
        ("ablation_more_photos", "`more_photos=sift_flow`; `times=4`"),
        (
            "ablation_longer_second",
            "phase 2: `fraction=0.4`; phase 3: `fraction=0.57`",
        ),
    ],
)
def test_what_an_ablation_changes_is_said(name, text):
    assert describe_changes(ABLATIONS[name]) == text


def test_an_ablation_without_curriculum_keeps_the_last_phase():
    (only,) = ABLATIONS["ablation_no_curriculum"].recipe.phases
    last = BASE.recipe.phases[-1]
    assert only == dataclasses.replace(last, fraction=1.0)


def settings(value, place=()):
    """Every setting as a pair of where it stands and what it is."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, tuple) and value and isinstance(value[0], dict):
        parts = enumerate(value)
    else:
        return {(place, str(value))}
    return set().union(*(settings(part, (*place, key)) for key, part in parts))


def test_unknown_experiments_are_named():
    with pytest.raises(InputError, match=r"'magic'.*stanford_rcnn2_dense"):
        load_experiment("magic")


@pytest.mark.parametrize(
    ("flags", "status", "message"),
    [
        (
            ["--experiment=stanford_rcnn2_dense", "--preset=plain", "--seed=1"],
            1,
            "--experiment=stanford_rcnn2_dense decides about --preset, --seed:",
        ),
        (["--experiment=magic"], 1, "There is no experiment 'magic'"),
        (["--model_dir=x"], 2, "give either --dataset or --experiment"),
        (
            ["--dataset=synthetic", "--steps=1"],
            2,
            "give --model_dir, the folder of the run",
        ),
        (
            ["--dataset=synthetic", "--model_dir=x", "--unlabeled=y"],
            2,
            "give --teacher together with --unlabeled or --distillation",
        ),
        (
            ["--dataset=synthetic", "--model_dir=x", "--teacher=y"],
            2,
            "give --teacher together with --unlabeled or --distillation",
        ),
    ],
)
def test_wrong_usage_is_told(
    capfd, monkeypatch, tmp_path, flags, status, message
):
    monkeypatch.chdir(tmp_path)
    assert main.run(["train", *flags]) == status
    output, errors = capfd.readouterr()
    assert not output
    assert message in errors
    assert errors.count("\n") == 1
    assert not list(tmp_path.iterdir())
