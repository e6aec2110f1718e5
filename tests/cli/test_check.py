"""The command `check` on folders with every fault."""

import functools
import io
import json
import os

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets import folds
from tests.helpers.html_page import HtmlPage
from tests.helpers.scene_folder import add_photo, scene, write_scenes


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
    """Function of the other arguments: status, lines, stderr."""

    def run(*arguments):
        status, out, err = run_command(
            "check",
            "--dataset=folder",
            f"--data_dir={folder}",
            *arguments,
        )
        return status, out.splitlines(), err

    return run


def findings(lines, kind):
    start = f"{kind}: "
    return [
        line.removeprefix(start) for line in lines if line.startswith(start)
    ]


def test_whole_photos_have_nothing_to_mend(check, folder, tmp_path):
    status, lines, err = check(
        f"--report={tmp_path}/report.json", f"--output={tmp_path}/report.html"
    )

    assert status == 0, err
    assert findings(lines, "error") == findings(lines, "note") == []
    assert lines[0].startswith(
        "own: 8 photos to train on, 2 test photos, 0.0 %"
    )
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["num_train"], report["num_test"]) == (8, 2)
    assert report["sizes"] == [{"height": 120, "width": 160, "num_images": 10}]
    names = [f"s{index}" for index in range(10)]
    for split, numbers in (
        ("train", np.flatnonzero(folds(names))),
        ("test", np.flatnonzero(folds(names) == 0)),
    ):
        labels = np.concatenate([scene(n)[1].ravel() for n in numbers])
        for index, share in enumerate(report["shares"][split].values()):
            assert share == pytest.approx(np.mean(labels == index))
    page = HtmlPage(tmp_path / "report.html")
    assert page.headings[0] == "Data set own"
    assert page.text.count("Nothing.") == 2
    # Each photo once, beside its labels.
    assert len(page.pictures) == 10
    assert page.picture(f"{folder}/images/s3.jpg and its labels").shape == (
        240,
        160,
        3,
    )


def test_writes_nothing_that_was_not_asked_for(check, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    assert check()[0] == 0
    assert sorted(tmp_path.rglob("*")) == before


def broken_jpeg(image):
    content = io.BytesIO()
    Image.fromarray(image).save(content, "JPEG")
    return content.getvalue()[:-300]


@pytest.fixture
def every_error(folder, add):
    """Adds a photo of each fault that stops training, and says which."""
    image, label = scene(30)
    add("a range", image, np.where(label == 0, 9, label).astype(np.uint8))
    add("b size", image, label[:100])
    add("c rgb", image, np.stack([label] * 3, axis=-1))
    add("d bits", image, label.astype(np.uint16))
    add("e mask is text", image, label)
    (folder / "masks/e mask is text.png").write_text("no picture")
    add('f <&" cut', image, label)
    (folder / 'images/f <&" cut.png').unlink()
    (folder / 'images/f <&" cut.jpg').write_bytes(broken_jpeg(image))
    add("g text", image, label)
    (folder / "images/g text.png").write_text("no picture")
    add("h both", image, label)
    for kind in ("images", "masks"):
        (folder / kind / "h both.png").write_bytes(b"")
    add("i turned", image, label)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(image).save(folder / "images/i turned.jpg", exif=exif)
    (folder / "images/i turned.png").unlink()
    add("j no mask", image, label)
    (folder / "masks/j no mask.png").unlink()
    add("k no photo", image, label)
    (folder / "images/k no photo.png").unlink()
    add("l twice", image, label)
    Image.fromarray(image).save(folder / "images/l twice.jpg")
    return [
        # Before any picture is read: files that do not fit together.
        ("images/l twice.jpg and ", "have one name: rename or remove"),
        ("images/j no mask.png has no mask", "or remove the photo"),
        ("masks/k no photo.png has no photo", "or remove the mask"),
        # And then photo by photo.
        ("masks/a range.png holds the value 9", "add the missing names"),
        ("masks/b size.png is 160x100 pixels", "both must be of one size"),
        ("masks/c rgb.png holds colors (RGB)", "save the class index"),
        ("masks/d bits.png has 16 bits", "save it with 8"),
        ("masks/e mask is text.png is not a whole PNG", "export it again"),
        ('images/f <&" cut.jpg is broken', "copy or save it again"),
        ("images/g text.png is no picture", "give a whole JPEG"),
        ("images/h both.png is empty", "give a whole JPEG"),
        ("masks/h both.png is not a whole PNG", "export it again"),
        ("masks/i turned.png is 160x120 pixels", "EXIF"),
    ]


def test_lists_every_error_with_its_mend(check, folder, every_error, tmp_path):
    status, lines, err = check(
        f"--output={tmp_path}/report.html", f"--report={tmp_path}/report.json"
    )

    assert status == 1
    errors = findings(lines, "error")
    assert len(errors) == len(every_error)
    for line, (start, fix) in zip(errors, every_error, strict=True):
        assert line.startswith(f"{folder}/{start}")
        assert fix in line
    assert f"error: {len(errors)} of these stop training" in err
    assert "Traceback" not in err
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["errors"] == errors
    page = HtmlPage(tmp_path / "report.html")
    assert [text for text in page.texts if text in errors] == errors


def test_training_refuses_the_first_of_them(every_error, folder, run_command):
    status, _, err = run_command(
        "train",
        "--dataset=folder",
        f"--data_dir={folder}",
        f"--model_dir={folder.parent}/run",
        "--steps=1",
    )

    assert status == 1
    start, _ = every_error[0]
    assert f"error: {folder}/{start}" in err


def test_notes_are_printed_and_on_the_page(check, add, tmp_path):
    image, label = (
        np.kron(e, np.ones((4, 4) + (1,) * (e.ndim - 2), np.uint8))
        for e in scene(42)
    )
    add("large", image, label)

    status, lines, err = check(f"--output={tmp_path}/report.html")

    assert status == 0, err
    (note,) = findings(lines, "note")
    assert "large.png is 640 pixels long" in note
    assert note in HtmlPage(tmp_path / "report.html").texts
    assert findings(check("--longest_side=160")[1], "note") == []


def test_every_photo_without_a_mask(check, folder, tmp_path):
    for path in folder.glob("masks/*"):
        path.unlink()

    status, lines, _ = check(f"--output={tmp_path}/report.html")

    assert status == 1
    errors = findings(lines, "error")
    assert sum("has no mask" in error for error in errors) == 10
    assert HtmlPage(tmp_path / "report.html").pictures == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda own: (own / "classes.txt").unlink(), "classes.txt is missing"),
        (
            lambda own: (own / "masks").rename(own / "labels"),
            "masks is missing: make it",
        ),
        (lambda own: own.rename(own.with_name("moved")), "There is no folder"),
    ],
)
def test_a_folder_that_says_nothing(check, folder, damage, message, tmp_path):
    damage(folder)

    status, lines, err = check(f"--output={tmp_path}/report.html")

    assert (status, lines) == (1, [])
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert not (tmp_path / "report.html").exists()


def test_names_that_are_no_text(check, folder, tmp_path):
    name = os.fsdecode(b"bad\xff")
    for kind, suffix in (("images", "jpg"), ("masks", "png")):
        path = folder / kind / f"s0.{suffix}"
        path.rename(path.with_name(f"{name}.{suffix}"))
    (folder / "masks" / f"{name}.png").write_text("no picture")

    status, lines, _ = check(
        f"--output={tmp_path}/report.html", f"--report={tmp_path}/report.json"
    )

    assert status == 1
    assert r"bad\udcff.png is not a whole PNG" in findings(lines, "error")[0]
    assert r"bad\udcff" in HtmlPage(tmp_path / "report.html").text


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


@pytest.mark.slow
def test_in_a_process_of_its_own(start_command, folder, add, tmp_path):
    add("text", *scene(50))
    (folder / "masks/text.png").write_text("no picture")

    status, out, err = start_command(
        "check",
        "--dataset=folder",
        "--data_dir=own",
        "--output=new/report.html",
    )

    assert status == 1
    assert "error: own/masks/text.png is not a whole PNG picture" in out
    assert "11/11" in err
    assert err.endswith("and check again.\n")
    assert HtmlPage(tmp_path / "new/report.html").headings[0] == "Data set own"


def test_a_folder_has_to_be_named(run_command):
    status, _, err = run_command("check", "--dataset=folder")
    assert status == 1
    assert "give --data_dir" in err
