"""The wheel works where there is no repository."""

import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

import keras_rcnn
from keras_rcnn.cli import main
from keras_rcnn.datasets import synthetic

pytestmark = pytest.mark.slow
NETWORK = "rcnn2_stanford_background"
GENERATED = ("--dataset=synthetic", "--split=test")


@pytest.fixture
def photo(tmp_path):
    """A photo in a folder of its own."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (24, 36, 3), np.uint8)
    path = tmp_path / "photos" / "street.png"
    path.parent.mkdir()
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def network(tmp_path):
    """Folder of a network for the classes of the generated scenes."""
    model = keras_rcnn.RecurrentCNN.from_preset(
        "plain",
        num_classes=len(synthetic.CLASS_NAMES),
        class_names=synthetic.CLASS_NAMES,
        palette=synthetic.PALETTE,
    )
    model.build((None, None, None, 3))
    folder = tmp_path / "network"
    folder.mkdir()
    keras_rcnn.save_model(model, folder / "model.keras")
    return folder


def test_wheel_and_sdist_hold_the_package_and_the_networks(build, wheel):
    root = wheel.parents[1]
    package = {
        str(path.relative_to(root))
        for path in (root / "keras_rcnn").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    networks = {
        str(path.relative_to(root))
        for name in ("model.keras", "README.md")
        for path in (root / "saved_models").glob(f"*/{name}")
    }
    assert "keras_rcnn/py.typed" in package
    assert len(networks) == 16
    expected = package | {f"keras_rcnn/{name}" for name in networks}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert wheel.stat().st_size < 6 * 10**6
    with tarfile.open(build("sdist")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= package | networks | {"README.md", "LICENSE"}
    assert not any(name.endswith((".tflite", ".pb")) for name in names)


def test_the_package_is_not_that_of_the_repository(run, core):
    code = "import keras_rcnn; print(keras_rcnn.__file__)"
    assert run(core, "python", "-c", code).stdout.startswith(str(core))


def test_help_of_all_commands(run, run_all, core):
    version = run(core, "keras-rcnn", "--version").stdout
    assert version.split()[-1] == keras_rcnn.__version__
    overview = run(core, "keras-rcnn").stdout
    helps = run_all(core, *([name, "--help"] for name in main.COMMANDS))
    for name, (status, out, _) in zip(main.COMMANDS, helps, strict=True):
        assert name in overview
        assert status == 0
        summary = main.load_command(name).__doc__.partition("\n")[0]
        assert out.startswith(summary)


def test_commands_without_any_extra(run, run_all, core, photo, tmp_path):
    flags = f"--model={NETWORK}", "--output_dir=out", photo
    done = run(core, "keras-rcnn", "label", *flags)
    assert done.returncode == 0, done.stderr
    labels = np.asarray(Image.open(tmp_path / "out" / "street_labels.png"))
    assert labels.shape == (24, 36)
    results = run_all(
        core,
        ["models"],
        [
            "train",
            "--dataset=synthetic",
            "--preset=plain",
            "--model_dir=run",
            "--steps=2",
            "--steps_per_epoch=2",
        ],
        ["evaluate", "--model=run", *GENERATED],
        ["export", "--model_dir=run", "--saved_model=served"],
        ["completion", "bash"],
    )
    assert [status for status, *_ in results] == [0] * 5, results
    assert NETWORK in results[0][1]


def test_a_missing_extra_is_named(run_all, core, network):
    cases = {
        "reports": ["inspect", "--output=x.html", *GENERATED],
        "litert": ["export", "--litert=x.tflite"],
        "onnx": ["export", "--onnx=x.onnx"],
        "demo": ["demo"],
        "serving": ["serve"],
        "maps": ["label", "--maps", "--output_dir=x", "x.tif"],
        "beam": ["label-corpus", "--images=*", "--output_dir=x"],
    }
    flags = {"export": "model_dir", "demo": "models"}
    results = run_all(
        core,
        *(
            [name, f"--{flags.get(name, 'model')}={network}", *others]
            for name, *others in cases.values()
        ),
    )
    for extra, (status, out, err) in zip(cases, results, strict=True):
        assert (status, out) == (1, "")
        assert f"pip install 'keras-scene-parsing[{extra}]'" in err
        assert err.count("\n") == 1


def test_commands_that_need_extras(run_all, full, network, photo, tmp_path):
    results = run_all(
        full,
        ["check", "--dataset=synthetic", "--output=check.html"],
        ["inspect", f"--model={network}", "--output=errors.html", *GENERATED],
        ["export", f"--model_dir={NETWORK}", "--litert=x.tflite"],
        ["label", "--model=x.tflite", "--output_dir=out", photo],
    )
    assert [status for status, *_ in results] == [0] * 4, results
    for name in ("check.html", "errors.html", "out/street_labels.png"):
        assert (tmp_path / name).stat().st_size
