"""The training program, as a user starts, kills and starts it again."""

import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import load_model
from keras_rcnn.training.experiments import load_experiment

PROGRAM = pathlib.Path(__file__).parents[2] / "tools" / "train.py"


def start(model_dir, *flags, steps=30):
    return subprocess.Popen(
        [
            sys.executable,
            PROGRAM,
            "--dataset=synthetic",
            f"--model_dir={model_dir}",
            f"--steps={steps}",
            "--steps_per_epoch=10",
            f"--report={model_dir}.json",
            *flags,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    output, errors = process.communicate(timeout=600)
    return process.returncode, output, errors


@pytest.mark.slow
def test_a_run_killed_in_the_middle_goes_on(tmp_path):
    preset = "--preset=rcnn1"
    assert finish(start(tmp_path / "whole", preset))[0] == 0
    killed = start(tmp_path / "killed", preset)
    checkpoint = tmp_path / "killed" / "checkpoints" / "checkpoint"
    deadline = time.monotonic() + 300
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(killed.pid, signal.SIGKILL)
    assert finish(killed)[0] == -signal.SIGKILL
    status, output, errors = finish(start(tmp_path / "killed", preset))
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


@pytest.mark.slow
def test_wrong_settings_are_named(tmp_path):
    status, output, errors = finish(start(tmp_path / "run", "--preset=rcnn9"))
    assert (status, output) == (1, "")
    assert errors.startswith("error: There is no preset 'rcnn9'")
    assert errors.count("\n") == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_networks_are_as_the_recipe_has_them(
    run_command, monkeypatch, tmp_path
):
    short = load_experiment("synthetic_rcnn1_short")
    recipe = dataclasses.replace(
        short.recipe, initializer="zeros", normalization=True
    )
    monkeypatch.setattr(
        "experiments.load_experiment",
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
    # Normalizations are trained as well, and not kept.
    trained = int(re.search(r"rcnn1, (\d+) weights", output)[1])
    assert trained > model.count_params()


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A network trained before."""
    model_dir = tmp_path_factory.mktemp("runs") / "before"
    status, _, errors = finish(start(model_dir, "--preset=plain", steps=10))
    assert status == 0, errors
    return model_dir


@pytest.mark.slow
def test_a_network_trained_before_teaches(before, tmp_path):
    teaching = (f"--teacher={before}", "--distillation=0.5")

    status, output, errors = finish(
        start(tmp_path / "taught", "--preset=plain", *teaching, steps=10)
    )
    assert status == 0, errors
    assert "10 steps" in output

    # Of 133 pixels, less than the 155 of three instances.
    status, _, errors = finish(
        start(tmp_path / "other", "--preset=rcnn2", *teaching, steps=2)
    )
    assert status == 0, errors

    status, _, errors = finish(
        start(tmp_path / "small", "--preset=rcnn1", *teaching, steps=10)
    )
    assert status == 1
    assert f"error: --teacher={before} labels a pixel by 133x133" in errors


@pytest.mark.slow
def test_own_photos_come_more_often_than_unlabeled_ones(before, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for index, pixels in enumerate(np.eye(2, dtype=np.uint8)):
        photo = Image.fromarray(np.tile(255 * pixels, (80, 40)))
        photo.save(folder / f"{index}.png")
    counts = []
    for times in (1, 3):
        run = start(
            tmp_path / str(times),
            "--preset=plain",
            f"--unlabeled={folder}",
            f"--teacher={before}",
            "--confidence=0",
            f"--times={times}",
            steps=1,
        )
        status, output, errors = finish(run)
        assert status == 0, errors
        counts.append(int(re.search(r"(\d+) photos to train on", output)[1]))
    own = counts[0] - 2
    assert own > 0
    assert counts[1] == 3 * own + 2


@pytest.mark.slow
def test_a_network_trained_before_is_started_from(before, tmp_path):
    start_from = f"--start_from={before}"

    # The paper's learning rate changes nothing that is seen after a step.
    second = start(
        tmp_path / "second",
        "--preset=plain",
        "--recipe=paper",
        "--validation_fraction=0",
        "--seed=1",
        start_from,
        steps=1,
    )
    status, _, errors = finish(second)
    assert status == 0, errors
    weights = [
        load_model(run).get_weights() for run in (before, tmp_path / "second")
    ]
    for earlier, later in zip(*weights, strict=True):
        np.testing.assert_allclose(later, earlier, atol=0.01)

    status, _, errors = finish(
        start(tmp_path / "other", "--preset=rcnn2", start_from, steps=10)
    )
    assert status == 1
    assert f"--start_from={before} has other weights than rcnn2" in errors
