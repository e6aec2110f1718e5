"""The command `label` on photos among which one is odd."""

import json
import os
import pathlib

import numpy as np
from PIL import Image

from tests.helpers.run_command import error_line

ROOT = pathlib.Path(__file__).parents[2]


def test_one_photo_that_cannot_be_written_stops_no_other(
    label, write_picture, noise, tmp_path
):
    long_name = "a" * 245
    for name in (long_name, *"bcdefghijk"):
        write_picture(f"in/{name}.png", noise)

    status, out, err = label(tmp_path / "in")

    assert status == 1
    assert out.count(" -> ") == 10
    assert "1 of 11 photos could not be labeled" in err
    assert f"{long_name}_labels.png cannot be written (File name too" in err
    assert "Traceback" not in err
    assert len(list((tmp_path / "out").iterdir())) == 20


def test_one_photo_that_is_too_large_stops_no_other(
    label, write_picture, noise, tmp_path
):
    """With a file of an earlier version, which does not state any tiles."""
    network = ROOT / "saved_models" / "rcnn2_stanford_background"
    file = network / "litert" / "any_size.tflite"
    write_picture("in/large.png", np.zeros((2001, 2000, 3), np.uint8))
    for name in "abc":
        write_picture(f"in/{name}.png", noise)

    status, out, err = label(tmp_path / "in", model=file, choices=())

    assert status == 1
    assert out.count(" -> ") == 3
    assert "1 of 4 photos could not be labeled" in err
    assert "large.png, 2000x2001 pixels, is too large for LiteRT" in err


def test_names_that_are_not_utf_8_or_hold_control_characters(
    label, write_picture, noise, tmp_path
):
    photo = write_picture("in/a.png", noise)
    for name in (b"stra\xdfe.png", b"red\x1b[31m.png", b"two\nlines.png"):
        os.link(photo, os.fsencode(photo.parent) + b"/" + name)
    report = tmp_path / "report.json"

    status, out, err = label(tmp_path / "in", f"--report={report}")

    assert status == 0, err
    assert out.count(" -> ") == 4
    assert "\x1b" not in out + err
    assert r"red\x1b[31m_labels.png" in out
    assert r"two\nlines_labels.png" in out
    assert len(json.loads(report.read_text())["photos"]) == 4

    status, out, err = label(
        tmp_path / "in", "--annotations=voc", "--annotations=coco"
    )

    assert status == 1
    assert out.count(" -> ") == 1
    assert err.count("has a name that annotations cannot hold") == 3
    lists = tmp_path / "out/voc/ImageSets/Segmentation/default.txt"
    assert lists.read_text() == "a\n"


def test_odd_photos_are_noted_and_floats_refused(
    label, write_picture, noise, tmp_path
):
    twelve_bits = noise[..., 0].astype(np.uint16) * 16
    write_picture("in/dark.png", twelve_bits)
    pages = Image.fromarray(noise)
    write_picture("in/pages.tif", pages, save_all=True, append_images=[pages])
    bands = np.dstack([noise, noise[..., :1]])
    write_picture("in/infrared.tif", bands)
    write_picture("in/float.tif", noise[..., 0].astype(np.float32) / 255)
    write_picture("in/good.png", noise)
    (tmp_path / "in/phone.HEIC").touch()

    status, out, err = label(tmp_path / "in")

    assert status == 1
    assert out.count(" -> ") == 4
    for note in (
        "dark.png is nearly black",
        "pages.tif has several pages",
        "infrared.tif has a fourth band",
    ):
        assert f"note: {tmp_path}/in/{note}" in err
    assert "note: 1 photos are skipped" in err
    assert "float.tif holds floats" in err
    assert "good.png" not in err


def test_a_thin_photo_of_many_pixels_is_refused(label, tmp_path):
    photo = tmp_path / "thin.png"
    Image.new("1", (80_000_000, 1)).save(photo)
    line = label(photo)[2]
    assert "thin.png has more than" in line
    assert "more than 262144 along a side" in line
    assert "Traceback" not in line


def test_no_folder_is_left_without_a_labeled_photo(label, tmp_path):
    text = tmp_path / "a.csv"
    text.write_text("no photo")
    (tmp_path / "mine").mkdir()

    for folder in ("new/folder", "mine"):
        status, _, err = label(text, output_dir=tmp_path / folder)
        assert (status, "1 of 1 photos could not" in err) == (1, True)

    assert {each.name for each in tmp_path.iterdir()} == {"a.csv", "mine"}


def test_formats_that_are_not_read_are_named(label, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/phone.heic").touch()
    assert "phone.heic" in error_line(label(tmp_path / "in"))
