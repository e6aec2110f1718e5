"""The samples of docs/corpus.md, as a reader would run them."""

import pathlib
import re

import pytest
from sklearn.datasets import load_sample_image

pytest.importorskip("apache_beam")

pytestmark = pytest.mark.extras(name="beam")
ROOT = pathlib.Path(__file__).parents[2]


def test_a_pipeline_and_its_table(tmp_path, monkeypatch, write_picture, capsys):
    china = load_sample_image("china.jpg")[::2, ::2]
    write_picture("photos/above.jpg", china[:75])
    write_picture("photos/below.jpg", china[120:])
    (tmp_path / "saved_models").symlink_to(ROOT / "saved_models")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs/corpus.md").read_text()
    table, pipeline = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)

    exec(pipeline, {})
    capsys.readouterr()
    exec(table, {})

    (line,) = capsys.readouterr().out.splitlines()
    path, confidence = line.split()
    assert path == "photos/above.jpg"
    assert 0.5 < float(confidence) <= 1
