"""The command `check` on folders with every fault."""

import functools
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from tests.helpers.html_page import HtmlPage
from tests.helpers.run_command import error_line
from tests.helpers.scene_folder import add_photo, scene, write_scenes
from tests.helpers.turned import QUARTER_TURN


@pytest.fixture
def folder(tmp_path):
    """Ten good photos and their masks."""
    return write_scenes(tmp_path / "own")


@pytest.fixture
def add(folder):
    """Function that adds a photo and its mask to the folder."""
    return functools.partial(add_photo, folder)


@pytest.fixture
def check(run_command, folder):
    """Function of the other arguments."""
    data = "--dataset=folder", f"--data_dir={folder}"
    return lambda *arguments: run_command("check", *data, *arguments)


def findings(out, kind):
    """The errors or notes that are printed."""
    return re.findall(f"^{kind}: (.*)$", out, re.MULTILINE)


def test_whole_photos_have_nothing_to_mend(check, folder, tmp_path):
    status, out, err = check(
        f"--report={tmp_path}/report.json", f"--output={tmp_path}/report.html"
    )

    assert status == 0, err
    assert findings(out, "error") == findings(out, "note") == []
    assert out.startswith("own: 8 photos to train on, 2 test photos, 0.0 %")
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["num_train"], report["num_test"]) == (8, 2)
    for name, share in report["shares"]["test"].items():
        assert re.search(rf"^  {name} .* test +{100 * share:.2f} %$", out, re.M)
    page = HtmlPage(tmp_path / "report.html")
    assert page.headings[0] == "Data set own"
    assert page.text.count("Nothing.") == 2
    # Each photo once, beside its labels.
    assert len(page.pictures) == 10
    shown = page.picture(f"{folder}/images/s3.jpg and its labels")
    assert shown.shape == (240, 160, 3)


def test_writes_nothing_that_was_not_asked_for(check, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    assert check()[0] == 0
    assert sorted(tmp_path.rglob("*")) == before


def broken_jpeg(image):
    content = io.BytesIO()
    Image.fromarray(image).save(content, "JPEG")
    return content.getvalue()[:-300]


@pytest.fixture
def errors(folder, add):
    """Adds photos that stop training; the starts and ends of the errors."""
    image, label = scene(30)
    add("a range", image, np.where(label == 0, 9, label).astype(np.uint8))
    add('b <&" cut', image, label)
    (folder / 'images/b <&" cut.png').unlink()
    (folder / 'images/b <&" cut.jpg').write_bytes(broken_jpeg(image))
    add("c both", image, label)
    for kind in ("images", "masks"):
        (folder / kind / "c both.png").write_bytes(b"")
    add("d turned", image, label)
    Image.fromarray(image).save(
        folder / "images/d turned.jpg", exif=QUARTER_TURN
    )
    (folder / "images/d turned.png").unlink()
    add("e no mask", image, label)
    (folder / "masks/e no mask.png").unlink()
    add("f twice", image, label)
    Image.fromarray(image).save(folder / "images/f twice.jpg")
    return [
        # Before any picture is read: files that do not fit together.
        ("images/f twice.jpg and ", "have one name: rename or remove"),
        ("images/e no mask.png has no mask", "or remove the photo"),
        # And then photo by photo.
        ("masks/a range.png holds the value 9", "add the missing names"),
        ('images/b <&" cut.jpg is broken', "copy or save it again"),
        ("images/c both.png is empty", "give a whole JPEG"),
        ("masks/c both.png is not a whole PNG", "export it again"),
        ("masks/d turned.png is 160x120 pixels", "EXIF"),
    ]


def test_lists_every_error_with_its_mend(
    check, folder, errors, run_command, tmp_path
):
    status, out, err = check(
        f"--output={tmp_path}/report.html", f"--report={tmp_path}/report.json"
    )

    assert status == 1
    found = findings(out, "error")
    for line, (start, fix) in zip(found, errors, strict=True):
        assert line.startswith(f"{folder}/{start}")
        assert fix in line
    assert f"error: {len(found)} of these findings prevent training" in err
    assert "Traceback" not in err
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["errors"] == found
    page = HtmlPage(tmp_path / "report.html")
    assert [text for text in page.texts if text in found] == found

    # Training refuses the first of them.
    training = run_command(
        "train",
        "--dataset=folder",
        f"--data_dir={folder}",
        f"--model_dir={tmp_path}/run",
        "--steps=1",
    )
    assert error_line(training).rstrip() == found[0]


def test_notes_are_printed_and_on_the_page(check, add, tmp_path):
    image, label = (
        np.kron(e, np.ones((4, 4) + (1,) * (e.ndim - 2), np.uint8))
        for e in scene(42)
    )
    add("large", image, label)

    status, out, err = check(f"--output={tmp_path}/report.html")

    assert status == 0, err
    (note,) = findings(out, "note")
    assert "large.png is 640 pixels long" in note
    assert note in HtmlPage(tmp_path / "report.html").texts
    assert findings(check("--longest_side=160")[1], "note") == []


def test_every_photo_without_a_mask(check, folder, tmp_path):
    for path in folder.glob("masks/*"):
        path.unlink()

    status, out, _ = check(f"--output={tmp_path}/report.html")

    assert status == 1
    errors = findings(out, "error")
    assert sum("has no mask" in error for error in errors) == 10
    assert HtmlPage(tmp_path / "report.html").pictures == []


def test_a_folder_that_is_none(check, folder, tmp_path):
    folder.rename(folder.with_name("moved"))

    line = error_line(check(f"--output={tmp_path}/report.html"))

    assert "There is no folder" in line
    assert not (tmp_path / "report.html").exists()


def test_generated_scenes(run_command, tmp_path):
    status, out, err = run_command(
        "check",
        "--dataset=synthetic",
        f"--output={tmp_path}/report.html",
    )

    assert status == 0, err
    assert out.startswith("synthetic: 200 photos to train on, 40 test photos")
    assert "note:" not in out
    page = HtmlPage(tmp_path / "report.html")
    # Some of the photos, spread over all.
    assert len(page.pictures) == 24
    assert page.pictures[0][0] == "train_000 and its labels"
    assert page.pictures[-1][0] == "test_039 and its labels"


def test_a_folder_has_to_be_named(run_command):
    line = error_line(run_command("check", "--dataset=folder"))
    assert "`folder` needs --data_dir=: give the folder" in line


def test_geojson_is_not_read(check, folder):
    (folder / "labels").mkdir()
    for path in folder.glob("masks/*"):
        path.rename(folder / f"labels/{path.stem}.geojson")
    (folder / "masks").rmdir()

    line = error_line(check())

    assert f"{folder} holds labels in GeoJSON, which is not read" in line
    assert "Pascal VOC, COCO, labelme, Label Studio or YOLO" in line
