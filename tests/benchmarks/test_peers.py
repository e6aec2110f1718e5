"""The comparison with networks of others."""

import dataclasses
import json
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import __main__ as command
from benchmarks.peers import runs, scores
from benchmarks.peers.contenders import CONTENDERS
from benchmarks.peers.peer import Peer, PeerGraph, labeler
from keras_rcnn.datasets import load_dataset
from keras_rcnn.errors import InputError
from tests.helpers.run_command import run_command


def test_weights_of_a_unet_worked_by_hand():
    """Base 2: 2, 4, 8, 16 and 32 filters; 3 classes."""
    down = 9 * (
        3 * 2 + 2 * 2 + 2 * 4 + 4 * 4 + 4 * 8 + 8 * 8 + 8 * 16 + 16 * 16
    )
    bottom = 9 * (16 * 32 + 32 * 32)
    transposed = 4 * (32 * 16 + 16 * 8 + 8 * 4 + 4 * 2) + 16 + 8 + 4 + 2
    # Each level sees the enlarged maps and those that were skipped.
    up = 9 * (
        32 * 16 + 16 * 16 + 16 * 8 + 8 * 8 + 8 * 4 + 4 * 4 + 4 * 2 + 2 * 2
    )
    normalized = 4 * (4 * (2 + 4 + 8 + 16) + 2 * 32)
    classifier = 2 * 3 + 3

    model = Peer("unet2", 3)

    assert model.count_params() == sum(
        (down, bottom, transposed, up, normalized, classifier)
    )


def test_a_score_for_each_pixel_of_a_photo_of_any_size(noise):
    """Zeros fill it up to a multiple of 32."""
    model = Peer("unet1", 3)
    photo = tf.constant(noise[np.newaxis, :, :33], tf.float32)

    found = model(photo, training=False)["instance_1"]

    padded = tf.pad(photo, [[0, 0], [0, 8], [0, 31], [0, 0]])
    expected = model(padded, training=False)["instance_1"]
    assert found.shape == (1, 24, 33, 3)
    np.testing.assert_array_equal(found, expected[:, :24, :33])
    labels = labeler(model, "float32")(noise)
    graph = PeerGraph(model)(tf.constant(noise[np.newaxis]))
    np.testing.assert_array_equal(labels, graph["labels"][0])
    assert labels.shape == noise.shape[:2]


def test_standard_errors_are_those_of_numpy():
    """Photos of equal size: the mean of the photos, and paired differences."""
    rng = np.random.default_rng(0)
    right = rng.integers(0, 100, (2, 9))
    results = [
        {
            "photos": [],
            "confusion_matrices": [[[n, 100 - n], [0, 0]] for n in each],
        }
        for each in right.tolist()
    ]

    row = scores.summarize(*results)

    ours, theirs = right / 100
    for name, values in (
        ("pixel_accuracy", ours),
        ("class_accuracy", ours),
        ("difference", ours - theirs),
    ):
        error = np.std(values, ddof=1) / np.sqrt(9)
        assert row[name] == pytest.approx(values.mean())
        assert row[f"{name}_standard_error"] == pytest.approx(error)
    alone = scores.summarize(results[0], None)
    assert alone["difference"] is alone["difference_standard_error"] is None


def test_the_budget_counts_processor_time_after_the_first_step():
    budget = runs.ProcessorBudget(1)
    budget.start_clock()
    assert budget.seconds_since_last() == 0
    time.sleep(0.1)
    assert budget.seconds_since_last() < 0.09
    before = time.process_time()
    while time.process_time() < before + 0.1:
        pass
    assert budget.seconds_since_last() >= 0.1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--contenders=unet9", "--contenders=unet9: there is no 'unet9'"),
        ("--contenders=unet8", "Runs are kept: give a folder for them"),
        ("--dataset=synthetic --steps=3", "--suite=peers takes no --steps"),
    ],
)
def test_names_what_cannot_be_used(capfd, arguments, reason):
    found = run_command(capfd, command, "--suite=peers", *arguments.split())

    assert found[:2] == (1, "")
    assert found[2].startswith(f"error: {reason}")
    assert found[2].count("\n") == 1


def test_a_missing_package_is_named(capfd, monkeypatch, tmp_path):
    """As without the extra `peers`."""
    monkeypatch.setitem(sys.modules, "keras_hub", None)

    found = run_command(
        capfd, command, "--suite=peers", f"--output_dir={tmp_path / 'new'}"
    )

    assert found[0] == 1
    assert "pip install 'keras-scene-parsing[peers]'" in found[2]


@pytest.fixture
def tiny(monkeypatch):
    """A U-Net of 1 filter, trained on crops of 32 x 32 pixels."""
    contender = CONTENDERS["unet8"]
    phase = contender.recipe.phases[0]
    phase = dataclasses.replace(phase, batch_size=2, grid_size=(32, 32))
    recipe = dataclasses.replace(contender.recipe, phases=(phase,))
    contender = dataclasses.replace(contender, network="unet1", recipe=recipe)
    monkeypatch.setitem(CONTENDERS, "tiny", contender)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_runs_are_kept_and_go_on(capfd, tmp_path):
    status, out, err = run_command(
        capfd,
        command,
        "--suite=peers",
        "--contenders=tiny",
        "--dataset=synthetic",
        "--minutes=0.005",
        f"--output_dir={tmp_path}",
        "--repeats=1",
    )

    assert status == 0, err
    result_file = tmp_path / "tiny" / runs.RESULT_FILE
    result = json.loads(result_file.read_text())
    assert result["steps"] > 1
    # The step that ends the budget is completed.
    assert 0.3 <= result["processor_seconds"] < 3
    counts = np.array(result["confusion_matrices"])
    assert counts.shape == (40, 6, 6)
    assert (counts.sum(axis=(1, 2)) == 120 * 160).all()
    (row,) = json.loads((tmp_path / "peers.json").read_text())["results"]
    assert row["pixel_accuracy"] == np.trace(counts.sum(0)) / counts.sum()
    assert row["difference"] is None
    assert 1 < row["int8_kilobytes"] < 100
    assert row["milliseconds"]["int8"]["median"] > 0
    assert row["peak_megabytes"] > 100
    assert (tmp_path / "peers.png").exists()
    assert "tiny" in out

    # As if it had been interrupted before it was scored.
    result_file.unlink()
    dataset = load_dataset("synthetic", split="test")
    dataset = dataset.select(np.arange(40) < 2)
    settings = {"dataset": "synthetic", "minutes": 0.005}
    again = runs.finished(
        CONTENDERS["tiny"], tmp_path / "tiny", settings, dataset, dataset
    )
    assert again["steps"] == result["steps"]
    assert again["confusion_matrices"] == result["confusion_matrices"][:2]

    with pytest.raises(InputError, match="give another folder"):
        runs.finished(
            CONTENDERS["tiny"],
            tmp_path / "tiny",
            settings | {"minutes": 8},
            dataset,
            dataset,
        )


@pytest.mark.extras("peers")
@pytest.mark.parametrize(
    ("network", "weights"), [("deeplab", 15_405_192), ("segformer", 3_716_712)]
)
def test_networks_of_keras_hub(network, weights, noise):
    """Labeling uses the running statistics, and does not change them."""
    model = Peer(network, 8, side=64)
    assert model.count_params() == weights
    before = [each.numpy() for each in model.non_trainable_variables]
    scores = model(tf.zeros((2, 40, 64, 3)), training=True)["instance_1"]
    assert scores.shape == (2, 40, 64, 8)
    after = [each.numpy() for each in model.non_trainable_variables]
    assert any((a != b).any() for a, b in zip(before, after, strict=True))

    graph = PeerGraph(model)
    kept = [each.numpy() for each in graph.model.non_trainable_variables]
    labels = tf.function(graph)(tf.constant(noise[np.newaxis]))["labels"]
    assert labels.shape == (1, 24, 36)
    for one, other in zip(
        kept, graph.model.non_trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(one, other.numpy())
