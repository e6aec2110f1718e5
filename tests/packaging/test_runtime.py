"""The distribution without TensorFlow labels photos as the other one does."""

import json
import pathlib
import shutil
import tarfile
import tomllib
import zipfile

import numpy as np
import pytest
from PIL import Image

import keras_rcnn
from keras_rcnn.cli import main
from keras_rcnn.runtime.tile_context import TILES_FILE, TileContext
from tests.packaging.conftest import distributions_for

ROOT = pathlib.Path(__file__).parents[2]
NETWORK = ROOT / "saved_models" / "rcnn2_stanford_background"
LABELS = NETWORK / "litert" / "float32.tflite"
ANY_SIZE = NETWORK / "litert" / "any_size.tflite"
PROBABILITIES = NETWORK / "litert" / "mediapipe.tflite"
FOLDER = "packaging/runtime"
# Commands that cannot run, with the flags that they require.
NEED_TENSORFLOW = {
    "check": ["--dataset=synthetic"],
    "train": ["--dataset=synthetic", "--model_dir=run"],
    "evaluate": ["--dataset=synthetic", f"--model={LABELS}"],
    "inspect": [
        "--dataset=synthetic",
        f"--model={LABELS}",
        "--output=errors.html",
    ],
    "label": [f"--model={NETWORK}", "--output_dir=out", "photos"],
    "rank": [f"--model={LABELS}", "photos"],
    "export": ["--model_dir=rcnn2_stanford_background", "--onnx=x.onnx"],
    "serve": [f"--model={NETWORK}"],
    "demo": [f"--models={NETWORK}"],
    "benchmark": [],
    "models": [],
}
IMPORTED = """
import sys
from keras_rcnn.cli import main
status = main.run(sys.argv[1:])
assert not {"tensorflow", "keras"} & sys.modules.keys()
sys.exit(status)
"""


def project(folder):
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text())


def test_both_distributions_state_the_same():
    main, light = project("."), project(FOLDER)
    for key in ("scripts", "requires-python", "license", "dynamic"):
        assert main["project"][key] == light["project"][key]
    for key in ("package-data", "dynamic"):
        assert (
            main["tool"]["setuptools"][key] == light["tool"]["setuptools"][key]
        )
    extras = main["project"]["optional-dependencies"]
    known = {*main["project"]["dependencies"], *extras["litert"]}
    assert known >= set(light["project"]["dependencies"])
    for name, needs in light["project"]["optional-dependencies"].items():
        assert set(needs) <= set(extras[name])


@pytest.fixture(scope="session")
def light_wheel(build, sources):
    """Built from the sdist, as an index offers it."""
    sdist = build("sdist", sources / FOLDER)
    with tarfile.open(sdist) as archive:
        archive.extractall(sdist.parent, filter="data")
    return build("wheel", sdist.parent / sdist.name.removesuffix(".tar.gz"))


@pytest.fixture(scope="session")
def light(install, light_wheel):
    """An environment with what the distribution needs, and nothing else."""
    needs = project(FOLDER)["project"]["dependencies"]
    return install(light_wheel, distributions_for(needs))


@pytest.fixture
def photos(tmp_path):
    """Files of several sizes, in a folder of their own."""
    rng = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    paths = []
    for number, size in enumerate([(40, 30), (40, 30), (200, 170)]):
        small = rng.integers(0, 256, (5, 6, 3), np.uint8)
        path = tmp_path / "photos" / f"{number}.png"
        Image.fromarray(small).resize(size).save(path)
        paths.append(path)
    return paths


def pixels(path):
    return np.asarray(Image.open(path))


def test_both_in_one_environment_are_noted(tmp_path, monkeypatch, capsys):
    """They hold the same files, and the last one uninstalled takes them."""
    for name in ("keras_scene_parsing", "keras_scene_parsing_runtime"):
        folder = tmp_path / f"{name}-{keras_rcnn.__version__}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.4\nName: {name}\nVersion: 0.1.0\n"
        (folder / "METADATA").write_text(text)
    main.run(["--version"])
    assert not capsys.readouterr().err
    monkeypatch.syspath_prepend(tmp_path)
    main.run(["--version"])
    assert capsys.readouterr().err.count("hold the same files") == 1


@pytest.mark.slow
def test_its_wheel_holds_the_package_without_the_networks(light_wheel, sources):
    package = {
        str(path.relative_to(sources))
        for path in (sources / "keras_rcnn").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(light_wheel) as archive:
        names = set(archive.namelist())
    assert {name for name in names if ".dist-info/" not in name} == package
    assert keras_rcnn.__version__ in light_wheel.name
    assert light_wheel.stat().st_size < 10**6


@pytest.mark.slow
def test_the_labels_of_the_full_package(light, run, photos, tmp_path):
    cut = shutil.copy(ANY_SIZE, tmp_path / "cut.tflite")
    with zipfile.ZipFile(cut, "a") as archive:
        # As `export_litert` adds it.
        archive.writestr(TILES_FILE, TileContext(80, 8, 1639).to_text())
    for model, flags in {
        LABELS: ["--annotations=voc,coco"],
        cut: ["--memory_mb=2"],
    }.items():
        out = tmp_path / pathlib.Path(model).stem
        done = run(
            light,
            "python",
            "-c",
            IMPORTED,
            "label",
            f"--model={model}",
            f"--output_dir={out}",
            f"--report={out}.json",
            *flags,
            *photos,
        )
        assert done.returncode == 0, done.stderr
        labeler = keras_rcnn.load_labeler(model)
        report = json.loads(pathlib.Path(f"{out}.json").read_text())
        assert len(report["photos"]) == len(photos)
        for photo in photos:
            labels = pixels(out / f"{photo.stem}_labels.png")
            np.testing.assert_array_equal(labels, labeler(pixels(photo)))
    voc = tmp_path / "float32" / "voc" / "SegmentationClass"
    assert len(list(voc.iterdir())) == len(photos)


@pytest.mark.slow
def test_views_models_and_uncertainty(light, run_all, photos, tmp_path):
    flags = [f"--model={PROBABILITIES},{PROBABILITIES}", "--uncertainty"]
    views = ["--flip", "--scale=1,0.8"]
    ((status, _, error),) = run_all(
        light, ["label", *flags, *views, "--output_dir=out", photos[2]]
    )
    assert status == 0, error
    labeler = keras_rcnn.labeling.TestTimeAugmentation(
        keras_rcnn.load_labeler(PROBABILITIES), (1, 0.8)
    )
    photo = pixels(photos[2])
    labels, probabilities = labeler(photo, return_probabilities=True)
    out = tmp_path / "out"
    np.testing.assert_array_equal(pixels(out / "2_labels.png"), labels)
    unsure = np.rint(255 * (1 - probabilities.max(axis=-1)))
    np.testing.assert_array_equal(pixels(out / "2_uncertainty.png"), unsure)


@pytest.mark.slow
def test_one_line_names_what_has_to_be_installed(light, run_all, photos):
    onnx = NETWORK / "labeling.onnx"
    label = ["label", "--output_dir=out", photos[0]]
    results = run_all(
        light,
        *([name, *flags] for name, flags in NEED_TENSORFLOW.items()),
        [*label, f"--model={onnx}"],
        [*label, f"--model={LABELS}", "--annotations=labelme"],
    )
    runtime = "keras-scene-parsing-runtime"
    install = (
        f"pip install keras-scene-parsing` in an environment without {runtime}."
    )
    for status, out, error in results[:-2]:
        assert (status, out) == (1, "")
        assert error.startswith("error: ")
        assert error.endswith(f"needs TensorFlow: run `{install}\n")
        assert error.count("\n") == 1
    for (status, _, error), extra in zip(
        results[-2:], ("onnx", "annotations"), strict=True
    ):
        assert status == 1
        assert f"pip install '{runtime}[{extra}]'" in error
        assert error.count("\n") == 1


@pytest.mark.slow
def test_other_commands_and_python(light, run, run_all):
    results = run_all(light, ["--help"], ["completion", "bash"], ["--version"])
    assert [status for status, *_ in results] == [0, 0, 0]
    code = (
        "import keras_rcnn\n"
        "try: keras_rcnn.RecurrentCNN\n"
        "except ValueError as error: print(error)"
    )
    shown = run(light, "python", "-c", code).stdout
    assert shown.startswith("keras_rcnn.models.RecurrentCNN needs TensorFlow")


@pytest.mark.long
@pytest.mark.extras(name="onnx")
def test_onnx_files_too(install, light_wheel, run, photos, tmp_path):
    table = project(FOLDER)["project"]
    needs = table["dependencies"] + table["optional-dependencies"]["onnx"]
    environment = install(light_wheel, distributions_for(needs))
    model = NETWORK / "labeling.onnx"
    flags = ["label", f"--model={model}", "--output_dir=out", photos[2]]
    done = run(environment, "python", "-c", IMPORTED, *flags)
    assert done.returncode == 0, done.stderr
    labels = keras_rcnn.load_labeler(model)(pixels(photos[2]))
    found = pixels(tmp_path / "out" / "2_labels.png")
    np.testing.assert_array_equal(found, labels)
