"""Pyramids whose batches several replicas share and normalize."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_two_replicas_learn_what_one_learns(tmp_path):
    """Running statistics included."""
    command = "-m", "tests.helpers.pyramid_replicas", str(tmp_path)
    run = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert float(run.stdout.split()[-1]) < 1e-4
