"""The command `train`, as a user starts, kills and starts it again."""

import dataclasses
import json
import re
import signal
import time

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import RecurrentCNN, load_model, save_model
from keras_rcnn.cli import main
from keras_rcnn.cli.train import FLAGS
from keras_rcnn.cli.training.run import summarize
from keras_rcnn.training import Budget
from keras_rcnn.training.experiments import Experiment, load_experiment
from tests.helpers.run_command import error_line, popen_command


def arguments(model_dir, *flags, steps=30):
    return [
        "train",
        "--dataset=synthetic",
        f"--model_dir={model_dir}",
        f"--steps={steps}",
        "--steps_per_epoch=10",
        f"--report={model_dir}.json",
        *flags,
    ]


@pytest.fixture
def train(run_command):
    """Function of the folder and more flags that trains in this process."""

    def run(model_dir, *flags, steps=10):
        return run_command(*arguments(model_dir, *flags, steps=steps))

    return run


def test_defaults_are_those_of_an_experiment():
    fields = {f.name: f.default for f in dataclasses.fields(Experiment)}
    shared = {name for name in fields if name in FLAGS} - {"dataset", "recipe"}
    assert {"split", "fold", "seed", "times", "teacher"} < shared
    for name in shared - {"preset", "steps"}:
        assert FLAGS[name].default == fields[name], name


@pytest.mark.slow
def test_a_run_killed_in_the_middle_continues(train, tmp_path):
    small = "--preset=plain", "--stages=5x6p8,6x3p2"
    assert train(tmp_path / "whole", *small, steps=30)[0] == 0
    killed = popen_command(
        *arguments(tmp_path / "killed", *small), stdout=None, stderr=None
    )
    checkpoint = tmp_path / "killed" / "checkpoints" / "checkpoint"
    deadline = time.monotonic() + 300
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    killed.kill()
    assert killed.wait() == -signal.SIGKILL

    status, output, errors = train(tmp_path / "killed", *small, steps=30)

    assert status == 0, errors
    assert "30 steps" in output
    whole, resumed = (
        json.loads((tmp_path / f"{name}.json").read_text())
        for name in ("whole", "killed")
    )
    assert resumed["steps"] == whole["steps"] == 30
    # The same crops in the same order: what differs is rounding.
    assert resumed["validation_pixel_accuracy"] == pytest.approx(
        whole["validation_pixel_accuracy"], abs=0.05
    )


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--preset=rcnn9", "There is no preset 'rcnn9'"),
        ("--stages=25x8,50", "--stages='25x8,50': '50' is not a stage"),
    ],
)
def test_wrong_settings_are_named(train, tmp_path, flag, message):
    assert error_line(
        train(tmp_path / "run", "--preset=rcnn2", flag)
    ).startswith(message)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_stages_replace_those_of_the_preset(train, tmp_path):
    stages = "--preset=plain", "--stages=5x6p8,6x3p2"
    assert train(tmp_path / "run", *stages, steps=1)[0] == 0
    shapes = [w.shape for w in load_model(tmp_path / "run").get_weights()]
    assert shapes[:3] == [(6, 6, 3, 5), (5,), (3, 3, 5, 6)]

    # Another run than this one cannot continue in its folder.
    status, _, errors = train(tmp_path / "run", "--preset=plain", steps=1)
    assert status == 1
    difference = '(--stages=null was "5x6p8,6x3p2"): choose another folder'
    assert f"holds a run with other settings {difference}" in errors


@pytest.mark.slow
def test_networks_are_as_the_recipe_has_them(
    run_command, monkeypatch, tmp_path
):
    short = load_experiment("synthetic_rcnn1_short")
    recipe = dataclasses.replace(
        short.recipe, initializer="zeros", normalization=True
    )
    monkeypatch.setattr(
        "keras_rcnn.cli.training.settings.load_experiment",
        lambda name: dataclasses.replace(short, recipe=recipe, steps=1),
    )
    status, output, errors = run_command(
        "train", "--experiment=zeros", f"--model_dir={tmp_path / 'run'}"
    )
    assert status == 0, errors
    model = load_model(tmp_path / "run")
    # Hidden units that are all zero pass nothing on and learn nothing.
    for weights in model.get_weights():
        assert weights.ndim == 1 or not weights.any()
    # Normalizations are trained as well, and not saved.
    trained = int(re.search(r"rcnn1, (\d+) weights", output)[1])
    assert trained > model.count_params()


@pytest.mark.slow
def test_a_loss_that_is_not_finite_is_one_line(
    run_command, monkeypatch, tmp_path
):
    short = load_experiment("synthetic_rcnn1_short")
    phases = [
        dataclasses.replace(phase, learning_rate=1e38)
        for phase in short.recipe.last_phase_alone().phases
    ]
    recipe = dataclasses.replace(
        short.recipe, phases=tuple(phases), optimizer="sgd"
    )
    monkeypatch.setattr(
        "keras_rcnn.cli.training.settings.load_experiment",
        lambda name: dataclasses.replace(short, recipe=recipe),
    )
    status, output, errors = run_command(
        "train", "--experiment=fast", f"--model_dir={tmp_path / 'run'}"
    )
    assert status == 1
    assert output.count("\n") == 1
    assert re.fullmatch(
        r"error: Step \d, with the photos train_\d{3}, .* another "
        r"--model_dir= with another --seed= or --recipe=\.",
        errors.splitlines()[-1],
    )
    assert "Traceback" not in errors
    assert load_model(tmp_path / "run").count_params()


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The folder of an earlier run."""
    folder = tmp_path_factory.mktemp("before") / "run"
    assert main.run(arguments(folder, "--preset=plain", steps=10)) == 0
    return folder


@pytest.mark.long
def test_a_network_trained_before_teaches(train, before, tmp_path):
    teaching = (f"--teacher={before}", "--distillation=0.5")

    status, output, errors = train(
        tmp_path / "taught", "--preset=plain", *teaching
    )
    assert status == 0, errors
    assert "10 steps" in output

    # It sees 133 pixels; three instances see more, 155, and two fewer.
    status, _, errors = train(
        tmp_path / "other", "--preset=rcnn2", *teaching, steps=2
    )
    assert status == 0, errors

    status, _, errors = train(tmp_path / "small", "--preset=rcnn1", *teaching)
    assert status == 1
    assert f"--teacher={before} has a receptive field of 133x133" in errors


@pytest.mark.slow
def test_own_photos_come_more_often_than_unlabeled_ones(
    train, before, tmp_path
):
    folder = tmp_path / "photos"
    folder.mkdir()
    for index, pixels in enumerate(np.eye(2, dtype=np.uint8)):
        photo = Image.fromarray(np.tile(255 * pixels, (80, 40)))
        photo.save(folder / f"{index}.png")
    counts = []
    # The flag had a British name.
    for times, name in ((1, "unlabeled"), (3, "unlabelled")):
        status, output, errors = train(
            tmp_path / str(times),
            "--preset=plain",
            f"--{name}={folder}",
            f"--teacher={before}",
            "--confidence=0",
            f"--times={times}",
            steps=1,
        )
        assert status == 0, errors
        counts.append(int(re.search(r"(\d+) photos to train on", output)[1]))
    own = counts[0] - 2
    assert own > 0
    assert counts[1] == 3 * own + 2


@pytest.mark.slow
def test_a_network_trained_before_is_started_from(train, before, tmp_path):
    start_from = f"--start_from={before}"

    # With the learning rate of the paper, one step changes very little.
    status, _, errors = train(
        tmp_path / "second",
        "--preset=plain",
        "--recipe=paper",
        "--validation_fraction=0",
        "--seed=1",
        start_from,
        steps=1,
    )
    assert status == 0, errors
    weights = [
        load_model(run).get_weights() for run in (before, tmp_path / "second")
    ]
    for earlier, later in zip(*weights, strict=True):
        np.testing.assert_allclose(later, earlier, atol=0.01)

    status, _, errors = train(tmp_path / "other", "--preset=rcnn2", start_from)
    assert status == 1
    assert f"--start_from={before} has other weights than rcnn2" in errors


@pytest.mark.slow
def test_a_saved_pyramid_is_started_from(train, tmp_path):
    """Its normalizations are folded in, those of a fresh one are not."""
    pyramid = "--preset=pyramid_small", "--validation_fraction=0"
    assert train(tmp_path / "first", *pyramid, steps=2)[0] == 0
    first = load_model(tmp_path / "first").get_weights()

    start_from = f"--start_from={tmp_path / 'first'}"
    status, _, errors = train(
        tmp_path / "second", *pyramid, start_from, steps=2
    )

    assert status == 0, errors
    second = load_model(tmp_path / "second").get_weights()
    changes = [
        np.abs(later - earlier).max()
        for earlier, later in zip(first, second, strict=True)
    ]
    assert 0 < min(changes) <= max(changes) < 0.02


@pytest.mark.parametrize("steps", [49, 50])
def test_a_run_of_a_few_steps_is_told(capsys, tmp_path, steps):
    model = RecurrentCNN.from_stages("2x2p2", 2, 2)
    save_model(model, tmp_path / "model.keras")
    budget = Budget(minutes=1)
    budget.steps.assign(steps)

    summarize(tmp_path, budget, None)

    assert ("So few steps" in capsys.readouterr().out) == (steps == 49)
