"""Many devices and machines, real processes, against one of them."""

import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from benchmarks.allreduce import free_ports
from keras_rcnn.errors import InputError
from keras_rcnn.training import create_strategy, is_chief
from keras_rcnn.training.batches import check_batches
from tests.helpers.data_worker_process import dispatcher, worker
from tests.helpers.distributed_run import RECIPE, STEPS

ROOT = pathlib.Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "helpers" / "distributed_run.py"


def start(folder, strategy, run="run", die_at=-1, index=0, environment=()):
    """A process that trains; it writes worker_INDEX.json in its folder."""
    folder.mkdir(exist_ok=True)
    losses = folder / f"worker_{index}.json"
    return subprocess.Popen(
        [sys.executable, SCRIPT, strategy, folder / run, losses, str(die_at)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def finish(processes):
    """Exit statuses and what was written to stderr."""
    errors = [process.communicate(timeout=300)[1] for process in processes]
    return [process.returncode for process in processes], errors


def start_workers(folder, deaths=(-1, -1), runs=("run", "run")):
    """Two workers of a cluster on this machine."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]
    return [
        start(
            folder,
            "multi_worker",
            runs[index],
            deaths[index],
            index,
            {"TF_CONFIG": config(addresses, index)},
        )
        for index in range(2)
    ]


def config(addresses, index):
    return json.dumps(
        {
            "cluster": {"worker": addresses},
            "task": {"type": "worker", "index": index},
        }
    )


def outcome(folder, index=0):
    """The losses of all steps and the weights at the end."""
    file = folder / f"worker_{index}.json"
    weights = np.load(f"{file}.npz")
    return json.loads(file.read_text()), [weights[key] for key in weights]


def assert_same(ours, theirs, steps=STEPS):
    """Losses of the last steps, and the weights, within 1e-5."""
    losses, weights = ours
    assert len(losses) == steps
    np.testing.assert_allclose(losses, theirs[0][-steps:], atol=1e-5, rtol=0)
    for one, other in zip(weights, theirs[1], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5, rtol=0)


@pytest.fixture(scope="module")
def alone_folder(tmp_path_factory):
    """Folder of a single process with the whole batch."""
    folder = tmp_path_factory.mktemp("alone")
    statuses, errors = finish([start(folder, "none")])
    assert statuses == [0], errors
    return folder


@pytest.fixture(scope="module")
def alone(alone_folder):
    """What it comes to."""
    return outcome(alone_folder)


@pytest.mark.slow
def test_two_devices_learn_what_one_does(alone, tmp_path):
    statuses, errors = finish([start(tmp_path, "mirrored")])
    assert statuses == [0], errors
    assert_same(outcome(tmp_path), alone)


@pytest.mark.long
def test_devices_and_workers_share_a_data_service(alone, tmp_path, monkeypatch):
    """Each replica learns from its part of the batches, none from another's."""
    with dispatcher() as service, worker(service.address):
        monkeypatch.setenv("DATA_SERVICE", service.address)
        for name, processes in (
            ("devices", lambda folder: [start(folder, "mirrored")]),
            ("workers", start_workers),
        ):
            statuses, errors = finish(processes(tmp_path / name))
            assert set(statuses) == {0}, errors
            assert_same(outcome(tmp_path / name), alone)


@pytest.mark.slow
def test_two_workers_learn_what_one_process_does(alone, tmp_path):
    statuses, errors = finish(start_workers(tmp_path))
    assert statuses == [0, 0], errors
    for index in range(2):
        assert_same(outcome(tmp_path, index), alone)
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert left == {
        ".lock",
        "checkpoints",
        "learning_curve.jsonl",
        "logs",
        "model.keras",
        "settings.json",
    }
    # The chief alone wrote: a line for each epoch, not two.
    curve = (tmp_path / "run" / "learning_curve.jsonl").read_text()
    steps = [json.loads(line)["step"] for line in curve.splitlines()]
    assert steps == [3, 4, 7, 8]


@pytest.mark.long
def test_a_killed_worker_costs_no_step_before_the_checkpoint(alone, tmp_path):
    """One after 2 steps, and the chief after 4 more, in the second phase."""
    for killed, step in ((1, 2), (0, 4)):
        deaths = [step if index == killed else -1 for index in range(2)]
        statuses, errors = finish(start_workers(tmp_path, deaths))
        assert statuses[killed] == -signal.SIGKILL, errors
        assert statuses[1 - killed] == 1
        assert "start all of them again" in errors[1 - killed]
    statuses, errors = finish(start_workers(tmp_path))
    assert statuses == [0, 0], errors
    assert_same(outcome(tmp_path), alone, STEPS - 6)


@pytest.mark.long
def test_workers_must_share_the_folder_of_the_run(alone_folder, tmp_path):
    shutil.copytree(alone_folder / "run", tmp_path / "run")
    workers = start_workers(tmp_path, runs=("run", "another"))
    statuses, errors = finish(workers)
    assert statuses == [1, 1]
    assert f"after {STEPS} steps and others do not" in errors[0]
    assert "after 0 steps and others do not" in errors[1]


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "{",
        "[]",
        '{"cluster": {}, "task": {"type": "worker", "index": 0}}',
        config(["localhost:1"], 1),
        config("localhost:1", 0),
        config(["localhost"], 0),
    ],
)
def test_a_cluster_that_nobody_describes(monkeypatch, settings):
    monkeypatch.setenv("TF_CONFIG", settings)
    with pytest.raises(InputError, match="TF_CONFIG"):
        create_strategy("multi_worker")


def test_batches_that_cannot_be_shared():
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    check_batches(RECIPE, strategy)

    class Three:
        num_replicas_in_sync = 3

    with pytest.raises(InputError, match=r"3 replicas .* batches of 4 evenly"):
        check_batches(RECIPE, Three())
    larger = RECIPE.with_larger_batches(3)
    check_batches(larger, Three())
    with pytest.raises(InputError, match=r"3 replicas .* normalized"):
        check_batches(dataclasses.replace(larger, normalization=True), Three())


class Resolver:
    """Says which task of which cluster a process is."""

    def __init__(self, jobs, task_type, task_id):
        self.jobs = jobs
        self.task_type = task_type
        self.task_id = task_id

    def cluster_spec(self):
        return tf.train.ClusterSpec({job: ["host:1"] for job in self.jobs})


@pytest.mark.parametrize(
    ("jobs", "task_type", "task_id", "chief"),
    [
        (["worker"], "worker", 0, True),
        (["worker"], "worker", 1, False),
        (["chief", "worker"], "worker", 0, False),
        (["chief", "worker"], "chief", 0, True),
    ],
)
def test_one_process_writes(jobs, task_type, task_id, chief):
    class Strategy:
        cluster_resolver = Resolver(jobs, task_type, task_id)

    assert is_chief(Strategy()) is chief
    assert is_chief(tf.distribute.get_strategy())
