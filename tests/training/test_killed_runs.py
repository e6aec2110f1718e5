"""`kill -9` at random moments; more of them by `tests.helpers.killed_runs`."""

import json
import subprocess
import sys

import numpy as np
import pytest

from keras_rcnn.models import load_model
from tests.helpers.run_command import ROOT

KILLS = 4


@pytest.mark.long
def test_a_kill_loses_what_came_after_the_last_checkpoint(tmp_path):
    """Every second one is inside the writing of a checkpoint."""
    program = [sys.executable, "-m", "tests.helpers.killed_runs"]
    output = subprocess.run(
        [*program, str(tmp_path), str(KILLS)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    found = json.loads(output)
    assert found["kills"] == KILLS
    assert found["inside"] >= 1
    # Saved steps that a run did not go on after.
    assert max(found["lost"]) <= 0
    assert found["left"] == []
    killed, whole = (
        load_model(tmp_path / name).get_weights()
        for name in ("killed", "whole")
    )
    for ours, theirs in zip(killed, whole, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
