"""The runs that are written down, and how train.py repeats them."""

import dataclasses
import importlib
import json
import pathlib

import pytest

from experiments.runs import last_score
from experiments.tables import percent
from keras_rcnn.errors import InputError
from keras_rcnn.models.presets import get_preset
from keras_rcnn.training.experiments import (
    PAPER_ROWS,
    Experiment,
    experiment_name,
    experiment_names,
    load_experiment,
)
from keras_rcnn.training.experiments.ablations import (
    ABLATIONS,
    BASE,
    describe_changes,
)

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.parametrize("name", experiment_names())
def test_every_file_is_a_run_that_says_how_to_repeat_it(name):
    experiment = load_experiment(name)
    get_preset(experiment.preset)
    assert sum(p.share for p in experiment.recipe.phases) == pytest.approx(1)
    last = experiment.recipe.phases[-1]
    assert last.num_instances == get_preset(experiment.preset).num_instances
    text = importlib.import_module(
        f"keras_rcnn.training.experiments.{name}"
    ).__doc__
    assert f"python tools/train.py --experiment={name}\n" in text


def test_every_row_of_the_paper_has_a_run_by_both_recipes():
    for dataset, preset in PAPER_ROWS:
        for recipe in ("paper", "dense"):
            experiment = load_experiment(
                experiment_name(dataset, preset, recipe)
            )
            assert experiment.dataset == dataset
            assert experiment.preset == preset
            sampled = {p.grid_size > 0 for p in experiment.recipe.phases}
            assert sampled == {recipe == "dense"}


@pytest.mark.parametrize(
    "name", sorted({*ABLATIONS} - {"base", "no_curriculum"})
)
def test_an_ablation_changes_one_setting(name):
    # Other crops have about as many pixels; other curricula, other phases;
    # other optimizers, other learning rates.
    more = {
        "small_crops": 2,
        "large_crops": 2,
        "longer_second": 2,
        "more_photos": 2,
        "adamw": 7,
        "lion": 7,
    }
    # What is repeated with another seed has its own run to be compared with.
    other_seed = name.endswith("_other_seed")
    base = ABLATIONS["other_seed"] if other_seed else BASE
    assert changes(ABLATIONS[name], base) == more.get(name, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("base", ""),
        ("no_curriculum", "last phase alone"),
        ("small_crops", "phase 3: `batch_size=8`, `grid_size=8`"),
        ("more_photos", "`more_photos=sift_flow`; `times=4`"),
        ("longer_second", "phase 2: `share=0.4`; phase 3: `share=0.57`"),
    ],
)
def test_what_an_ablation_changes_is_said(name, text):
    assert describe_changes(ABLATIONS[name]) == text


def test_an_ablation_without_curriculum_keeps_the_last_phase():
    (only,) = ABLATIONS["no_curriculum"].recipe.phases
    last = BASE.recipe.phases[-1]
    assert only == dataclasses.replace(last, share=1.0)


def changes(one: Experiment, other: Experiment) -> int:
    """How many settings differ."""
    return len(set(settings(one)) ^ set(settings(other))) // 2


def settings(experiment):
    """Every setting as a pair of where it stands and what it is."""

    def walk(place, value):
        if isinstance(value, dict):
            for key, item in value.items():
                yield from walk((*place, key), item)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for index, item in enumerate(value):
                yield from walk((*place, index), item)
        else:
            yield place, str(value)

    plain = json.loads(json.dumps(dataclasses.asdict(experiment)))
    return walk((), plain)


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
    run_program, monkeypatch, tmp_path, flags, status, message
):
    monkeypatch.chdir(tmp_path)
    got, output, errors = run_program("train", *flags)
    assert (got, output) == (status, "")
    assert message in errors
    assert errors.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", experiment_names())
def test_what_a_file_says_of_its_score_is_what_the_results_say(name):
    file = ROOT / "results" / f"{name}.json"
    text = " ".join(
        importlib.import_module(
            f"keras_rcnn.training.experiments.{name}"
        ).__doc__.split()
    )
    if not file.exists():
        assert "minutes" not in text
        return
    result = json.loads(file.read_text())
    assert f"{result['minutes']:.0f} minutes on" in text
    score = last_score(name, result)
    if score:
        assert f": {percent(score)} % of the pixels / classes right" in text
