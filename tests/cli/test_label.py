"""The command `label` on photos of every kind, and on other files."""

import json
import re
import signal
import subprocess
import time

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.reports import overlay
from tests.helpers.run_command import error_line, popen_command
from tests.helpers.turned import QUARTER_TURN


def test_labels_files_and_says_what_is_on_them(
    read_png, start_command, model_dir, tmp_path, write_picture, noise, labeler
):
    write_picture("photos/a.png", noise)
    write_picture("photos/b.png", noise[:9, :7])

    status, out, err = start_command(
        "label",
        f"--model={model_dir}",
        "--images=photos/a.png,photos/b.png",
        "--output_dir=out",
        "--output_resolution=4",
        "--num_instances=2",
        # The processor may have bfloat16.
        "--precision=float32",
    )

    assert status == 0, err
    for name, photo in (("a", noise), ("b", noise[:9, :7])):
        expected = labeler(photo[None])[0]
        mode, labels = read_png(tmp_path / f"out/{name}_labels.png")
        assert mode == "L"
        np.testing.assert_array_equal(labels, expected)
    labels = labeler(noise[None])[0]
    assert len(np.unique(labels)) > 1
    shares = {
        name: f"{100 * np.mean(labels == index):.1f}"
        for index, name in enumerate(("sky", "grass", "road"))
    }
    line = out.splitlines()[1]
    assert dict(re.findall(r"(\w+) ([\d.]+) %", line)) == {
        name: share for name, share in shares.items() if float(share)
    }
    assert out.splitlines()[0].startswith("photos/a.png -> out/a_labels.png")
    # The bar alone: none of the notices that TensorFlow starts with.
    assert "2/2" in err
    assert re.fullmatch(r"(\s*Labeling: .*|\s*)+", err.replace("\r", "\n"))


def test_a_photo_is_labeled_as_it_is_seen(
    read_png, label, write_picture, noise, labeler, model, tmp_path
):
    """On white and upright, and tinted, with a legend beside it."""
    photo = Image.fromarray(noise)
    photo.putalpha(Image.fromarray(noise[..., 0]))
    write_picture("a.png", photo, exif=QUARTER_TURN)

    assert label(f"--images={tmp_path / 'a.png'}")[0] == 0

    white = Image.new("RGBA", photo.size, "white")
    white.alpha_composite(photo)
    upright = np.rot90(np.asarray(white.convert("RGB")), -1)
    mode, labels = read_png(tmp_path / "out/a_labels.png")
    assert (mode, labels.shape) == ("L", (36, 24))
    np.testing.assert_array_equal(labels, labeler(upright))
    mode, picture = read_png(tmp_path / "out/a_overlay.png")
    assert mode == "RGB"
    assert picture.shape[1] > 24
    tinted = overlay(upright, labels, model.palette)
    np.testing.assert_array_equal(picture[:36, :24], tinted)
    # Nothing more is written.
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"a_labels.png", "a_overlay.png"}


def test_goes_on_past_broken_files_and_names_them(
    label, write_picture, noise, broken_files, tmp_path
):
    folder = broken_files["text"].parent
    write_picture(f"{folder.name}/zebra.png", noise)

    status, out, err = label(f"--images={folder}")

    assert status == 1
    assert "Traceback" not in err
    assert "error: 3 of 4 photos could not be labeled:\n" in err
    for file in broken_files.values():
        assert re.search(rf"^  {file} is .+: .+\.$", err, re.MULTILINE)
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert written == {"zebra_labels.png", "zebra_overlay.png"}
    assert "zebra.png" in out


def test_goes_on_past_photos_beyond_the_bound_of_a_saved_model(
    label, write_picture, noise, saved_model, tmp_path
):
    write_picture("small.png", noise)
    write_picture("large.png", np.tile(noise, (3, 2, 1)))

    status, out, err = label(
        f"--images={tmp_path}/large.png,{tmp_path}/small.png",
        model=saved_model,
        choices=(),
    )

    assert status == 1
    assert "small_labels.png" in out
    assert "error: 1 of 2 photos could not be labeled" in err
    assert re.search(r"large\.png, \d+x\d+ pixels, is too large", err)
    assert "Traceback" not in err


def test_photos_of_one_name_do_not_overwrite_each_other(
    read_png, label, write_picture, noise, tmp_path
):
    write_picture("in/a.jpg", noise)
    write_picture("in/a.png", noise[:20])
    write_picture("below/a.png", noise[:10])

    status, _, err = label(f"--images={tmp_path / 'in'},{tmp_path / 'below'}")

    assert status == 0, err
    heights = {
        name: read_png(tmp_path / f"out/{name}_labels.png")[1].shape[0]
        for name in ("a", "a_2", "a_3")
    }
    assert heights == {"a": 24, "a_2": 20, "a_3": 10}


def test_never_overwrites_a_photo(label, write_picture, noise, tmp_path):
    write_picture("a.png", noise)
    photo = write_picture("a_labels.png", noise)
    before = photo.read_bytes()

    line = error_line(label(f"--images={tmp_path}", output_dir=tmp_path))

    assert line.startswith(f"{photo} is one of the photos")
    assert photo.read_bytes() == before


def test_labels_a_smaller_photo_and_brings_them_to_its_size(
    read_png, label, write_picture, noise, labeler, tmp_path
):
    # Blocks of 2 x 2, so that half the size is exactly the photo before.
    photo = write_picture("a.png", noise.repeat(2, axis=0).repeat(2, axis=1))

    status, _, err = label(f"--images={photo}", "--longest_side=36")

    assert status == 0, err
    labels = labeler(noise[None])[0].repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(
        read_png(tmp_path / "out/a_labels.png")[1], labels
    )


def test_photos_with_and_without_flag(label, write_picture, noise, tmp_path):
    """By flag, as a shell lists them, and by folder; each of them once."""
    photos = [write_picture(f"{name}.png", noise) for name in "ab"]
    write_picture("holiday/d.png", noise)
    # A copy elsewhere is another photo.
    copy = write_picture("copies/a.png", noise)

    for given, count in (
        (("--images", *photos, tmp_path / "holiday", photos[0], copy), 4),
        ((photos[0], tmp_path / "holiday"), 2),
    ):
        status, out, err = label(*given)
        assert status == 0, err
        assert out.count("_labels.png") == count


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "There are no photos to label: give --images"),
        (("--images=",), "There are no photos to label: give --images"),
        (("--images=,",), "There are no photos to label: give --images"),
        (("--images=no/*.png",), "no/*.png: there is no such photo"),
        (("--images=a.png,b.png",), "b.png: there is no such photo"),
        (("empty",), "empty: no photo is directly in this folder"),
        (("a.png", "--output_dir=a.png/out"), "The folder a.png/out cannot"),
        (("a.png", "--model=nowhere"), "nowhere: no model there"),
        (("a.png", "--model=none.tflite"), "none.tflite: no model there"),
        (("a.png", "--model=m.keras"), "m.keras: not a readable Keras model"),
        (("a.png", "--model=m.tflite"), "m.tflite is no LiteRT file"),
    ],
)
def test_what_cannot_be_used_is_named(
    label, write_picture, noise, tmp_path, monkeypatch, arguments, message
):
    write_picture("a.png", noise)
    (tmp_path / "empty").mkdir()
    for name in ("m.keras", "m.tflite"):
        (tmp_path / name).write_text("no weights")
    monkeypatch.chdir(tmp_path)

    line = error_line(label(*arguments, choices=()))

    assert line.startswith(message)
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("a_labels", ()),
        ("a_labels", ("--memory_mb=1",)),
        ("voc/SegmentationClass/a", ("--annotations=voc",)),
    ],
)
def test_a_full_disk_ends_the_run(
    label, write_picture, noise, tmp_path, name, flags
):
    # With one megabyte it is labeled strip by strip.
    photo = write_picture("a.png", np.tile(noise, (8, 5, 1)))
    file = tmp_path / f"out/{name}.png"
    file.parent.mkdir(parents=True)
    file.symlink_to("/dev/full")

    status, _, err = label(f"--images={photo}", *flags)

    assert status == 1
    assert f"{file} cannot be written (No space left on device)" in err
    assert "Traceback" not in err
    assert list(file.parent.iterdir()) == [file]


def test_many_photos_of_mixed_sizes_keep_their_order(
    read_png, label, write_picture, noise, labeler, tmp_path
):
    sizes = [(24, 36), (9, 7), (24, 36), (36, 24)] * 5
    photos = [
        write_picture(f"in/{n:02}.png", np.resize(noise + n, (*size, 3)))
        for n, size in enumerate(sizes)
    ]

    report = tmp_path / "report.json"

    status, out, err = label(
        f"--images={tmp_path / 'in'}", f"--report={report}"
    )

    assert status == 0, err
    figures = json.loads(report.read_text())
    assert 0 < figures["seconds_in_network"] < figures["seconds_total"]
    names = list(map(str, photos))
    assert [each["photo"] for each in figures["photos"]] == names
    assert re.findall(r"^(\S+) ->", out, re.MULTILINE) == names
    for photo in photos:
        expected = labeler(np.asarray(Image.open(photo))[None])[0]
        np.testing.assert_array_equal(
            read_png(tmp_path / f"out/{photo.stem}_labels.png")[1], expected
        )


@pytest.mark.slow
def test_interrupted(model_dir, write_picture, noise, tmp_path):
    for number in range(200):
        write_picture(f"in/{number}.png", np.tile(noise, (8, 4, 1)))
    process = popen_command(
        "label",
        f"--model={model_dir}",
        f"--images={tmp_path / 'in'}",
        f"--output_dir={tmp_path / 'out'}",
        "--output_resolution=8",
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None and not list(
        (tmp_path / "out").glob("*_overlay.png")
    ):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.endswith("interrupted\n")
    assert "Traceback" not in err
    assert not list((tmp_path / "out").glob(".*"))
