"""docs/cpp/label_photo.cpp, compiled, against LiteRT in Python."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from docs.build.browser import ROOT
from docs.build.device_figures import compile_sample
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler

pytestmark = pytest.mark.extras(name="litert")
NETWORKS = ROOT / "saved_models"
FILE = NETWORKS / "pyramid_stanford_background" / "litert" / "weights.tflite"


@pytest.fixture(scope="module")
def label_photo(tmp_path_factory):
    """Function that runs the program with arguments."""
    if not shutil.which("c++"):
        pytest.skip("needs a C++ compiler")
    program = compile_sample(tmp_path_factory.mktemp("program"))
    return lambda *arguments: subprocess.run(
        [program, *arguments], capture_output=True, text=True
    )


@pytest.fixture
def photo():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(small).resize((320, 240), Image.Resampling.BICUBIC)


def test_labels_and_fractions_are_those_of_python(label_photo, photo, tmp_path):
    photo.save(tmp_path / "photo.ppm")
    written = tmp_path / "labels.pgm"
    found = label_photo(FILE, tmp_path / "photo.ppm", written)
    assert found.returncode == 0, found.stderr
    labeler = LiteRTLabeler(FILE, 1)
    expected = labeler(np.asarray(photo))
    with Image.open(written) as labels:
        np.testing.assert_array_equal(labels, expected)
    assert found.stdout.splitlines() == [
        f"{name}: {100 * np.mean(expected == index):.1f} %"
        for index, name in enumerate(labeler.class_names)
    ]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("missing.tflite", "photo.ppm"), "there is no file missing.tflite"),
        (("photo.ppm", "photo.ppm"), "the .tflite file names no classes"),
        ((FILE, FILE), "is no PPM file (P6) of 8 bits"),
        ((FILE, "small.ppm"), "takes photos of 320x240 pixels: scale"),
        ((FILE, "cut.ppm"), "cut.ppm ends too early"),
        (
            (FILE.with_name("any_size.tflite"), "photo.ppm"),
            "takes photos of any size: give a file for photos of one size",
        ),
        (
            (FILE.with_name("mediapipe.tflite"), "photo.ppm"),
            "gives no labels of photos of one size",
        ),
    ],
)
def test_errors_name_the_file(
    label_photo, photo, tmp_path, monkeypatch, arguments, reason
):
    monkeypatch.chdir(tmp_path)
    photo.save("photo.ppm")
    photo.resize((32, 24)).save("small.ppm")
    content = (tmp_path / "photo.ppm").read_bytes()
    (tmp_path / "cut.ppm").write_bytes(content[:-1])
    found = label_photo(*arguments, "labels.pgm")
    assert found.returncode == 1
    assert found.stderr.splitlines()[-1].startswith("error: ")
    assert reason in found.stderr.splitlines()[-1]
    assert not (tmp_path / "labels.pgm").exists()
