"""The command `data-worker` beside the training."""

import signal
import socket

import numpy as np
import pytest

from keras_rcnn import load_model
from tests.helpers.data_worker_process import dispatcher, worker
from tests.helpers.run_command import error_line, popen_command


@pytest.fixture
def nobody():
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"127.0.0.1:{port}"


@pytest.mark.parametrize("command", ["data-worker", "train"])
def test_without_a_dispatcher(run_command, nobody, tmp_path, command):
    flags = {
        "data-worker": ["--role=worker", f"--dispatcher={nobody}"],
        "train": [
            "--dataset=synthetic",
            f"--model_dir={tmp_path / 'run'}",
            "--steps=2",
            f"--data_service={nobody}",
        ],
    }
    assert error_line(run_command(command, *flags[command])).startswith(
        f"No dispatcher of a data service answers at {nobody}: "
    )
    assert not (tmp_path / "run").exists()


def test_what_a_dispatcher_cannot_use(run_command, tmp_path):
    (tmp_path / "file").touch()
    journal = tmp_path / "tf_data_dispatcher_journal"
    journal.mkdir()
    (journal / "journal_0").write_bytes(b"no journal" * 10)
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        for flag, message in (
            (f"--port={port}", f"0.0.0.0:{port} cannot be listened on"),
            (
                f"--work_dir={tmp_path / 'file'}",
                f"{tmp_path / 'file'} is a file",
            ),
            (
                f"--work_dir={tmp_path}",
                f"No dispatcher can continue from --work_dir={tmp_path}",
            ),
        ):
            result = run_command("data-worker", "--role=dispatcher", flag)
            assert error_line(result).startswith(message)


def start_training(model_dir, *flags):
    return popen_command(
        "train",
        "--dataset=synthetic",
        "--preset=plain",
        f"--model_dir={model_dir}",
        "--steps=40",
        "--steps_per_epoch=10",
        "--precision=float32",
        *flags,
    )


def finish(process):
    output, errors = process.communicate(timeout=600)
    return process.returncode, output, errors


def wait_for_line(stream, part):
    """Reads on to a line, and gives it."""
    for line in stream:
        if part in line:
            return line
    raise AssertionError(part)


@pytest.mark.long
def test_what_is_killed_costs_nothing_but_time(tmp_path):
    """Whatever dies, training ends with the weights of a run by itself."""
    flags = f"--work_dir={tmp_path / 'work'}"
    with dispatcher(flags) as first:
        training = start_training(
            tmp_path / "run", f"--data_service={first.address}"
        )
        said = wait_for_line(training.stderr, "Waiting")
        assert said == (
            f"Waiting for the data service at {first.address}: it has no "
            "worker; start one by `keras-rcnn data-worker --role=worker "
            f"--dispatcher={first.address}`.\n"
        )
        with worker(first.address) as victim, worker(first.address):
            # After the first epoch of ten steps.
            wait_for_line(training.stderr, "step 10: validation")
            victim.kill()
            first.kill()
            with dispatcher(f"--port={first.address.split(':')[1]}", flags):
                status, output, errors = finish(training)
    assert status == 0, errors
    assert "40 steps" in output
    assert finish(start_training(tmp_path / "alone"))[0] == 0
    ours, theirs = (
        load_model(tmp_path / name).get_weights() for name in ("run", "alone")
    )
    for weights, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(weights, expected, atol=1e-3)


@pytest.mark.long
def test_training_that_waits_ends_at_control_c(tmp_path):
    with dispatcher() as first, worker(first.address) as victim:
        training = start_training(
            tmp_path / "run", f"--data_service={first.address}", "--steps=4000"
        )
        wait_for_line(training.stderr, "step 10: validation")
        victim.kill()
        wait_for_line(
            training.stderr, "registered workers: 1; start one if none"
        )
        training.send_signal(signal.SIGINT)
        assert finish(training)[0] == -signal.SIGINT


@pytest.mark.slow
def test_both_end_at_sigterm():
    with dispatcher() as first, worker(first.address) as second:
        assert second.address.startswith("127.0.0.1:")
        first.wait_for("Workers that have come: 1")
        for program in (second, first):
            program.process.send_signal(signal.SIGTERM)
            assert program.process.wait(timeout=60) == 0
            assert program.process.stdout.read() == "Stopped.\n"
