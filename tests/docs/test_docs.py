"""Samples and tables of the documentation."""

import json
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

import keras_rcnn
from experiments.runs import AVERAGED, SMOOTHED, last_score
from experiments.tables import percent
from keras_rcnn import SceneLabeler
from keras_rcnn.export import export_onnx
from keras_rcnn.export.comparison import markdown
from keras_rcnn.training.experiments import load_experiment, runs_before

ROOT = pathlib.Path(__file__).parents[2]
SHIPPED = ROOT / "saved_models" / "rcnn2_stanford_background"


@pytest.fixture
def sample(tmp_path):
    """Function that runs docs/litert_sample.py with arguments."""

    def run(*arguments):
        return subprocess.run(
            [sys.executable, ROOT / "docs" / "litert_sample.py", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def china(tmp_path):
    """A photo of 240x320 pixels, also as china.png."""
    photo = Image.fromarray(load_sample_image("china.jpg")).resize((320, 240))
    photo.save(tmp_path / "china.png")
    return photo


@pytest.fixture(scope="module")
def labeler():
    return SceneLabeler(keras_rcnn.load_model(SHIPPED), output_resolution=4)


def snippet(file, containing):
    """The block of Python in a page that contains a text."""
    blocks = re.findall(
        r"^```python\n(.*?)^```$", file.read_text(), re.M | re.S
    )
    (block,) = (block for block in blocks if containing in block)
    return block


def test_the_snippet_of_the_readme(china, tmp_path, monkeypatch, capsys):
    """With a photo as phones store it: large, and rotated by its EXIF tag."""
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate a quarter clockwise
    photo = china.resize((960, 640)).rotate(90, expand=True)
    photo.save(tmp_path / "street.jpg", quality=95, exif=exif)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(snippet(ROOT / "README.md", "load_labeler"), names)
    assert names["labels"].shape == (213, 320)
    printed = capsys.readouterr().out.splitlines()
    assert [line.rsplit(" ", 2)[0] for line in printed] == list(
        names["labeler"].class_names
    )


@pytest.mark.extras(name="onnx")
def test_the_snippet_of_onnx_and_openvino(
    china, labeler, tmp_path, monkeypatch
):
    pytest.importorskip("openvino")
    china.save(tmp_path / "street.jpg", quality=95)
    export_onnx(labeler.model, tmp_path / "labeling.onnx", output_resolution=4)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(snippet(ROOT / "docs" / "serving.md", "openvino"), names)
    truth = labeler(names["photo"])
    assert np.mean(names["labels"] == truth) > 0.9999


def read_labels(file):
    with Image.open(file) as picture:
        return np.asarray(picture), picture.getpalette()


LITERT = SHIPPED / "litert"


@pytest.mark.parametrize(
    "file", sorted(LITERT.glob("*.tflite")), ids=lambda file: file.stem
)
def test_litert_sample(sample, china, labeler, tmp_path, file):
    run = sample(file, "china.png", "colored.png")
    assert run.returncode == 0, run.stderr
    labels, colors = read_labels(tmp_path / "colored.png")
    height, width = labels.shape
    scaled = np.asarray(china.resize((width, height)))
    truth = labeler(scaled[np.newaxis])[0]
    assert np.mean(labels == truth) > (0.8 if file.stem == "int8" else 0.9)
    model = labeler.model
    assert colors[: 3 * model.num_classes] == list(np.ravel(model.palette))
    shares = dict(line.split(": ") for line in run.stdout.splitlines())
    assert tuple(shares) == model.class_names
    sky = 100 * np.mean(labels == model.class_names.index("sky"))
    assert shares["sky"] == f"{sky:.1f} %"


def test_litert_sample_turns_photos_and_reads_16_bits(sample, china, tmp_path):
    """The same labels for the photo stored rotated, and with 16 bits."""
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate a quarter clockwise
    china.rotate(90, expand=True).save(tmp_path / "turned.png", exif=exif)
    gray = china.convert("L")
    gray.save(tmp_path / "gray.png")
    fine = np.asarray(gray).astype(np.uint16) * 257
    Image.fromarray(fine).save(tmp_path / "fine.png")
    found = {}
    for name in ("china", "turned", "gray", "fine"):
        file = tmp_path / f"{name}_colored.png"
        run = sample(LITERT / "any_size.tflite", f"{name}.png", file)
        assert run.returncode == 0, run.stderr
        found[name], _ = read_labels(file)
    np.testing.assert_array_equal(found["turned"], found["china"])
    np.testing.assert_array_equal(found["fine"], found["gray"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "usage: "),
        (("no.tflite", "china.png", "a.png"), "error: .*no.tflite"),
        (("china.png", "china.png", "a.png"), "error: "),
        (("{weights}", "no.jpg", "a.png"), "error: .*no.jpg"),
        (("{weights}", "china.png", "nowhere/a.png"), "error: .*nowhere"),
        (("{weights}", "china.png", "a.txt"), "error: unknown file extension"),
    ],
)
def test_litert_sample_names_what_is_wrong(sample, china, arguments, reason):
    weights = LITERT / "weights.tflite"
    run = sample(*(text.format(weights=weights) for text in arguments))
    assert run.returncode == 1
    (line,) = (
        line for line in run.stderr.splitlines() if not line.startswith("INFO")
    )
    assert re.match(reason, line)


def test_the_table_of_exported_files_is_the_report():
    report = json.loads((SHIPPED / "litert" / "report.json").read_text())
    page = (ROOT / "docs" / "performance.md").read_text()
    assert markdown(report["files"]) in page
    for row in report["files"]:
        file = SHIPPED / "litert" / f"{row['name']}.tflite"
        assert row["name"] in {"SavedModel", "onnx"} or (
            row["bytes"] == file.stat().st_size
        )


def test_the_scores_of_the_readme_are_the_results():
    rows = re.findall(
        r"^\|[^|]*\|[^|]*" + 5 * r"\| (.*) " + r"\| `(\w+)` \|$",
        (ROOT / "README.md").read_text(),
        re.M,
    )
    assert len(rows) > 5
    for pixels, *averaged, weights, minutes, name in rows:
        result = json.loads((ROOT / "results" / f"{name}.json").read_text())
        assert pixels == percent(last_score(name, result))
        scores = result["scores"]
        assert averaged == [percent(scores[k]) for k in (SMOOTHED, AVERAGED)]
        assert weights == f"{result['num_parameters']:,}"
        runs = map(load_experiment, [*runs_before(name), name])
        assert int(minutes) == sum(run.training_minutes for run in runs)


def test_no_text_names_a_package_of_another_author():
    """The package of that name in the index is another project."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    files += [*ROOT.glob("keras_rcnn/**/*.py"), *ROOT.glob("tools/**/*.py")]
    assert len(files) > 100
    for file in files:
        assert "install keras" not in file.read_text(), file
