"""The samples of the documentation, as a reader would run them."""

import json
import pathlib
import subprocess
import sys

import numpy as np
from exports.comparison import markdown
from PIL import Image
from sklearn.datasets import load_sample_image

import keras_rcnn
from keras_rcnn import SceneLabeler

ROOT = pathlib.Path(__file__).parents[1]
SHIPPED = ROOT / "saved_models" / "rcnn2_stanford_background"


def test_litert_sample(tmp_path):
    photo = Image.fromarray(load_sample_image("china.jpg")).resize((320, 240))
    photo.save(tmp_path / "china.png")
    run = subprocess.run(
        [
            sys.executable,
            ROOT / "docs" / "litert_sample.py",
            SHIPPED / "litert" / "weights.tflite",
            "china.png",
            "labels.png",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    model = keras_rcnn.load_model(SHIPPED)
    truth = SceneLabeler(model, output_resolution=4)(np.asarray(photo)[None])[0]
    with Image.open(tmp_path / "labels.png") as picture:
        labels = np.asarray(picture)
        colours = picture.getpalette()
    assert np.mean(labels == truth) > 0.9
    assert colours[: 3 * model.num_classes] == list(np.ravel(model.palette))
    shares = dict(line.split(": ") for line in run.stdout.splitlines())
    assert tuple(shares) == model.class_names
    sky = 100 * np.mean(labels == model.class_names.index("sky"))
    assert shares["sky"] == f"{sky:.1f} %"


def test_the_table_of_the_readme_is_the_report():
    report = json.loads((SHIPPED / "litert" / "report.json").read_text())
    assert markdown(report["files"]) in (ROOT / "README.md").read_text()
    for row in report["files"]:
        file = SHIPPED / "litert" / f"{row['name']}.tflite"
        assert row["name"] in {"SavedModel", "onnx"} or (
            row["bytes"] == file.stat().st_size
        )


def test_no_text_names_a_package_of_another_author():
    """What is called so in the index is not this project."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    files += [*ROOT.glob("keras_rcnn/**/*.py"), *ROOT.glob("tools/**/*.py")]
    assert len(files) > 100
    for file in files:
        assert "install keras" not in file.read_text(), file
