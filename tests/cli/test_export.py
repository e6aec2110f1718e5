"""Everything a network can be exported as."""

import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_rcnn import SceneLabeler
from keras_rcnn.datasets import load_dataset
from keras_rcnn.export import export_litert
from keras_rcnn.export.comparison import compare
from keras_rcnn.runtime.loading import load_labeler
from tests.helpers.run_command import error_line

SIZE = (24, 32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, model):
    """Labeled photos of blocks, which the model half knows."""
    folder = tmp_path_factory.mktemp("folder")
    names = model.class_names
    (folder / "classes.txt").write_text("\n".join(names) + "\n")
    rng = np.random.default_rng(1)
    label = SceneLabeler(model)
    for part in ("images", "masks"):
        (folder / part).mkdir()
    for index in range(10):
        small = rng.integers(0, 256, (3, 4, 3), np.uint8)
        photo = Image.fromarray(small).resize(SIZE[::-1])
        photo.save(folder / "images" / f"{index}.png")
        mask = label(np.asarray(photo)[None])[0]
        mask[:6] = 255
        Image.fromarray(mask).save(folder / "masks" / f"{index}.png")
    return folder


@pytest.fixture
def export(run_command, model_dir):
    """Function of the other arguments."""

    def run(*arguments):
        return run_command("export", f"--model_dir={model_dir}", *arguments)

    return run


@pytest.mark.slow
def test_everything(export, model, folder, tmp_path):
    status, out, err = export(
        f"--all={tmp_path}/all",
        "--dataset=folder",
        f"--data_dir={folder}",
        "--litert_size=24x32",
        "--calibration_photos=3",
        f"--report={tmp_path}/report.json",
    )
    assert status == 0, err
    report = json.loads((tmp_path / "report.json").read_text())
    rows = {row["name"]: row for row in report["files"]}
    files = {file.stem for file in (tmp_path / "all/litert").iterdir()}
    assert files == {
        *("float32", "float16", "weights", "dynamic", "int8"),
        *("any_size", "mediapipe", "portrait"),
    }
    assert files < set(rows)
    for name in files:
        file = tmp_path / "all/litert" / f"{name}.tflite"
        assert rows[name]["bytes"] == file.stat().st_size
        assert rows[name]["milliseconds_1_threads"] > 0
        assert f"| {name} | {rows[name]['bytes'] / 1024:.1f} |" in out
    # The truth is what the network says, at full resolution.
    assert rows["SavedModel"]["pixel_accuracy"] > 0.8
    for name in ("float32", "any_size"):
        assert rows[name]["agreement"] == 1
        assert (
            rows[name]["pixel_accuracy"] == rows["SavedModel"]["pixel_accuracy"]
        )
    takes = load_labeler(tmp_path / "all/litert/portrait.tflite")
    assert takes.size == (32, 24)
    assert "Traceback" not in err
    assert "XNNPACK" not in err


def test_a_file_of_another_size_is_judged_at_that_size(
    model, labeler, saved_model, folder, tmp_path
):
    file = export_litert(model, tmp_path / "m.tflite", SIZE[::-1], 4, 2)
    dataset = load_dataset("folder", data_dir=folder, split="all")

    rows = compare(saved_model, 4, {"portrait": file}, dataset, SIZE, repeats=1)

    assert [row["name"] for row in rows] == ["SavedModel", "portrait"]
    assert [row["agreement"] for row in rows] == [1, 1]
    whole, portrait = (row["pixel_accuracy"] for row in rows)
    assert whole != portrait
    right = known = 0
    for example in dataset.examples.as_numpy_iterator():
        photo = Image.fromarray(example["image"]).resize(
            SIZE, Image.Resampling.BILINEAR
        )
        labels = labeler(np.asarray(photo)[None])[0]
        found = Image.fromarray(labels).resize(
            SIZE[::-1], Image.Resampling.NEAREST
        )
        right += np.sum(np.asarray(found) == example["label"])
        known += np.sum(example["label"] < len(model.class_names))
    assert portrait == pytest.approx(right / known)


def test_saved_model_of_a_run_with_scores(run_command, model, noise, tmp_path):
    model.save(tmp_path / "model.keras")
    settings = '{"preset": "rcnn2", "steps": 7, "model_dir": "/home/me"}'
    (tmp_path / "settings.json").write_text(settings)
    (tmp_path / "scores.json").write_text('{"pixel_accuracy": 0.5}')
    status, out, err = run_command(
        "export",
        f"--model_dir={tmp_path}",
        f"--saved_model={tmp_path}/served",
        f"--scores={tmp_path}/scores.json",
        "--output_resolution=2",
        "--num_instances=1",
        "--smoothing=3",
        "--max_megapixels=0.01",
    )
    assert status == 0, err
    assert "1 instance(s), 1 label for each 2x2 pixels" in out
    assert "scores averaged over 3x3, " in out
    served = tf.saved_model.load(tmp_path / "served")
    about = json.loads(served.signatures["about"]()["metadata"].numpy())
    assert about.pop("keras_rcnn")
    scores = {"pixel_accuracy": 0.5}
    assert about == {"preset": "rcnn2", "steps": 7, "scores": scores}
    photo = np.zeros((1, 101, 100, 3), np.uint8)
    with pytest.raises(tf.errors.InvalidArgumentError, match="allowed"):
        served.signatures["serving_default"](images=tf.constant(photo))
    labeler = SceneLabeler(
        model, output_resolution=2, num_instances=1, smoothing=3
    )
    results = served.signatures["serving_default"](
        images=tf.constant(noise[None])
    )
    assert np.mean(results["labels"] == labeler(noise[None])) > 0.999


def test_litert(export, model, noise, tmp_path):
    status, out, err = export(
        f"--litert={tmp_path}/m.tflite",
        "--quantize=weights",
        "--output_resolution=4",
        "--num_instances=2",
        "--smoothing=5",
    )
    assert status == 0, err
    assert f"{tmp_path}/m.tflite: " in out
    labels = load_labeler(tmp_path / "m.tflite")(noise)
    truth = SceneLabeler(
        model, output_resolution=4, num_instances=2, smoothing=5
    )(noise[None])[0]
    assert np.mean(labels == truth) > 0.9


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "Nothing to write: give --all=FOLDER"),
        (("--all=x",), "give --dataset"),
        (
            ("--all=x", "--dataset=synthetic"),
            "has the classes sky, mountain, tree, road, water, building, and",
        ),
        (("--litert=x", "--litert_size=3"), "--litert_size=3 is not a size"),
        (("--litert=x", "--litert_size=0x9"), "=0x9 is not a size"),
        (("--litert=x", "--quantize=int8"), "int8 needs photos"),
        (
            ("--saved_model=x", "--quantize=int8"),
            "--quantize only changes a LiteRT file",
        ),
        (("--onnx=x", "--litert_size=9x9"), "--litert_size only changes a"),
        (("--saved_model=x", "--scores=no.json"), "no.json cannot be read"),
        (("--saved_model=x", "--output_resolution=3"), "resolution 3"),
        (("--litert=x", "--smoothing=4"), "Smoothing over 4x4 pixels"),
        (("--litert=x", "--output_resolution=16"), "resolution 16"),
    ],
)
def test_names_what_is_wrong(export, tmp_path, monkeypatch, arguments, reason):
    monkeypatch.chdir(tmp_path)
    assert reason in error_line(export(*arguments))
    assert not list(tmp_path.iterdir())
