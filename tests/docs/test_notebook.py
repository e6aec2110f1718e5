"""The notebook, run as a visitor would run it."""

import json
import pathlib
import re

import pytest

NOTEBOOKS = pathlib.Path(__file__).parents[2] / "notebooks"
FILE = NOTEBOOKS / "your_own_photos.ipynb"


@pytest.mark.parametrize("file", sorted(NOTEBOOKS.glob("*.ipynb")), ids=str)
def test_outputs_are_stripped(file):
    for cell in json.loads(file.read_text())["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert not cell["metadata"]


@pytest.mark.long
@pytest.mark.extras(name="notebook")
def test_it_runs_from_top_to_bottom(tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("KERAS_RCNN_MINUTES", "0.1")
    monkeypatch.setenv(
        "MPLBACKEND", "module://matplotlib_inline.backend_inline"
    )
    notebook = nbformat.read(FILE, 4)

    # Its parent's Python and folder: kernels of other environments are none.
    nbclient.NotebookClient(
        notebook,
        timeout=500,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()

    for path in (
        "report.html",
        "errors.html",
        "mine/saved_model.pb",
        "mine.tflite",
        "labeled/00_overlay.png",
    ):
        assert (tmp_path / path).stat().st_size > 100
    shown = [
        kind
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        for kind in output.get("data", ())
    ]
    # The curves, three scored photos and the one labeled last.
    assert shown.count("image/png") == 5
    said = "".join(
        output.get("text", "")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )
    counts = re.search(r"(\d+) photos to train on, (\d+) test photos", said)
    assert sum(map(int, counts.groups())) == 50
