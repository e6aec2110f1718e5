"""Damaged `.tflite` files, in a process of their own, which must not end."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from tests.helpers import litert_process
from tests.helpers.fuzzing import EXAMPLES

pytest.importorskip("ai_edge_litert")
pytestmark = pytest.mark.extras(name="litert")
ROOT = pathlib.Path(__file__).parents[2]
FILE = ROOT / "saved_models/rcnn2_stanford_background/litert/any_size.tflite"
FILES_A_PROCESS = 100


def damaged(seed):
    """A file that is cut, or has changed bytes in all of it or at its ends."""
    rng = np.random.default_rng(seed)
    content = np.frombuffer(FILE.read_bytes(), np.uint8).copy()
    if seed % 4 == 0:
        return content[: rng.integers(len(content))].tobytes()
    # The tables of a model lie at both ends, its weights between them.
    parts = content, content[:4096], content[-30_000:]
    part = parts[seed % 4 - 1]
    places = rng.integers(0, len(part), rng.choice([1, 3, 9, 60]))
    part[places] = rng.integers(0, 256, len(places))
    return content.tobytes()


def test_damaged_files_are_refused_in_one_line(tmp_path):
    outcomes = []
    for first in range(0, EXAMPLES, FILES_A_PROCESS):
        files = []
        for seed in range(first, min(EXAMPLES, first + FILES_A_PROCESS)):
            files.append(tmp_path / f"{seed % FILES_A_PROCESS}.tflite")
            files[-1].write_bytes(damaged(seed))
        process = subprocess.run(
            [sys.executable, litert_process.__file__, *files],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert process.returncode == 0, (process.stdout, process.stderr[-2000:])
        outcomes += process.stdout.splitlines()
    assert len(outcomes) == EXAMPLES
    assert sum(line.startswith("refused") for line in outcomes) > EXAMPLES / 3
