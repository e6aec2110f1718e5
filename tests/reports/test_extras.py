"""Colors, legends and panels need NumPy and Pillow only."""

import subprocess
import sys

CODE = """
import sys

for name in ("jinja2", "matplotlib", "scipy"):
    sys.modules[name] = None
import numpy as np

from keras_rcnn import reports
from keras_rcnn.errors import InputError

palette = reports.color_blind_safe([(1, 2, 3), (200, 90, 30)])
photo, labels = np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9), np.uint8)
picture = reports.overlay_with_legend(photo, labels, ["sky", "sea"], palette)
assert (picture == palette[0]).all(axis=-1).any()
assert "tensorflow" not in sys.modules
for name in ("confusion_figure", "outlined_crop", "write_dataset_page"):
    try:
        getattr(reports, name)
    except InputError as error:
        print(error)
"""


def test_a_missing_extra_is_one_line():
    out = subprocess.check_output([sys.executable, "-c", CODE], text=True)
    run = "run `pip install 'keras-scene-parsing[reports]'`."
    assert out.splitlines() == [
        f"A figure needs the extra reports: {run}",
        f"The analysis of errors needs the extra reports: {run}",
        f"A report needs the extra reports: {run}",
    ]
