"""The command `label` on photos too large for --memory_mb."""

import json
import re
import resource

import numpy as np
import pytest
from PIL import Image

from tests.helpers.turned import QUARTER_TURN

# Beyond what --memory_mb=1 lets into memory, by 40 bytes a pixel.
BIG = (190, 160)


@pytest.fixture
def big():
    """A photo of coarse blobs, which have more than one class."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (19, 16, 3), np.uint8)
    return small.repeat(10, axis=0).repeat(10, axis=1)


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("a.png", ()),
        ("a.jpg", ()),
        ("a.bmp", ("--longest_side=95",)),
    ],
)
def test_big_photos_have_the_labels_of_small_ones(
    read_png, label, write_picture, big, tmp_path, name, flags
):
    path = write_picture(f"in/{name}", big, exif=QUARTER_TURN)

    def run(folder, memory):
        status, out, err = label(
            f"--report={tmp_path / folder}.json",
            f"--images={path}",
            f"--memory_mb={memory}",
            *flags,
            output_dir=tmp_path / folder,
        )
        assert status == 0, err
        assert ("Labeling a." in err) == (folder == "strips")
        names = {file.name for file in (tmp_path / folder).iterdir()}
        assert names == {"a_labels.png", "a_overlay.png"}
        report = json.loads((tmp_path / f"{folder}.json").read_text())
        mode, labels = read_png(tmp_path / folder / "a_labels.png")
        assert (mode, labels.size) == ("L", BIG[0] * BIG[1])
        picture = read_png(tmp_path / folder / "a_overlay.png")[1]
        (photo,) = report["photos"]
        return labels, picture, photo["shares"], out.replace(folder, "")

    labels, picture, shares, out = run("whole", 1024)
    assert len(np.unique(labels)) > 1
    found = run("strips", 1)
    np.testing.assert_array_equal(found[0], labels)
    # Not larger than the limit, so not scaled.
    np.testing.assert_array_equal(found[1], picture)
    assert found[2] == pytest.approx(shares)
    assert found[3] == out


def test_a_saved_model_alone_cannot_cut_big_photos(
    label, write_picture, big, saved_model
):
    path = write_picture("a.png", big)

    status, _, err = label(
        f"--images={path}", "--memory_mb=1", model=saved_model, choices=()
    )

    assert status == 1
    assert "a.png is too large for --memory_mb" in err
    assert "put the model.keras" in err


def test_overlays_of_big_photos_are_bounded(
    read_png, label, write_picture, tmp_path, noise
):
    photo = write_picture("a.png", np.tile(noise[:7], (1, 112, 1)))

    status, _, err = label(f"--images={photo}", "--memory_mb=1")

    assert status == 0, err
    assert read_png(tmp_path / "out/a_labels.png")[1].shape == (7, 4032)
    # The tinted photo and the legend right of it.
    picture = read_png(tmp_path / "out/a_overlay.png")[1]
    assert 4000 < picture.shape[1] < 4400


def test_the_guard_against_bombs_can_be_raised(
    label, write_picture, big, tmp_path, monkeypatch
):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 30_000)
    path = write_picture("a.png", big)
    for memory in ("--memory_mb=1", "--memory_mb=1024"):
        status, _, err = label(f"--images={path}", memory)
        assert status == 1
        assert "a.png has more than 30000 pixels" in err
        assert "--max_megapixels" in err
        status, _, err = label(
            f"--images={path}", memory, "--max_megapixels=0.0305"
        )
        assert status == 0, err
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 30_000)


@pytest.mark.parametrize(
    ("suffix", "keep"), [("png", 0.1), ("png", 0.6), ("jpg", 0.6), ("tif", 0.6)]
)
def test_goes_on_past_broken_big_photos(
    label, write_picture, noise, tmp_path, suffix, keep
):
    rng = np.random.default_rng(0)
    photo = rng.integers(0, 256, (*BIG, 3), np.uint8)
    path = write_picture(f"in/b.{suffix}", photo)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    write_picture("in/a.png", noise)
    write_picture("in/c.png", noise)

    status, out, err = label(f"--images={tmp_path / 'in'}", "--memory_mb=1")

    assert status == 1
    assert re.search(rf"^  {path} is [^\n]+: [^\n]+\.$", err, re.MULTILINE)
    assert "Traceback" not in err
    assert out.count("_labels.png") == 2
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_a_disk_too_full_for_a_big_photo(label, write_picture, big, tmp_path):
    path = write_picture("a.png", big)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Its pixels take 91 kB.
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        status, _, err = label(f"--images={path}", "--memory_mb=1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert status == 1
    assert "Traceback" not in err
    assert err.count("out cannot hold the 0 MB of a photo") == 1
    assert not (tmp_path / "out").exists()
