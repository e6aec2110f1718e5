"""What labeling takes, as the system counts it."""

import pathlib
import subprocess
import sys

import pytest

from keras_rcnn.labeling.memory import planes_a_pixel
from keras_rcnn.models import RecurrentCNN

STATUS = pathlib.Path("/proc/self/status")
# Prints by how many megabytes the peak lies above what the program had taken.
LABEL = """
import pathlib, resource, sys
import numpy as np
from keras_rcnn import RecurrentCNN, SceneLabeler
labeler = SceneLabeler(
    RecurrentCNN.from_preset("rcnn2", 8),
    output_resolution=8,
    memory_mb=float(sys.argv[1]),
)
photo = np.zeros((1, 900, 900, 3), np.uint8)
labeler(photo[:, :8, :8])
list(labeler.label_in_bands(photo[0, :8, :8]))
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
(before,) = (line.split()[1] for line in lines if line.startswith("VmRSS"))
labeler(photo)
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
(peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
print((int(peak) - int(before)) / 1000)
"""


def megabytes(memory_mb):
    process = subprocess.run(
        [sys.executable, "-c", LABEL, str(memory_mb)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(process.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason="no /proc here")
def test_tiles_keep_the_budget_that_the_whole_would_break():
    assert megabytes(100) < 100 < megabytes(10_000)


def test_planes_by_hand():
    model = RecurrentCNN.from_preset("rcnn2", 8)
    # The first pooling reads 25 planes, copies them for each of four offsets
    # and writes 25 planes again, twice; the image counts as twelve.
    assert planes_a_pixel(model, 3, 1) == 25 * (1 + 4 + 2) + 12
    # One offset is kept, and a quarter of the area.
    assert planes_a_pixel(model, 3, 8) == 25 * (1 + 1 + 2 / 4) + 12
