"""tools/label.py on photos of every kind, and on what is none."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import SceneLabeler
from keras_rcnn.visualization import overlay

ORIENTATION = 0x0112


@pytest.fixture(scope="module")
def labeler(model):
    """What the programs here have to agree with."""
    return SceneLabeler(model, output_resolution=4, num_instances=2)


@pytest.fixture
def label(run_program, model_dir, tmp_path):
    """Function of the photos: runs the program, at a coarse resolution."""

    def run(*images, model=model_dir, output_dir=tmp_path / "out"):
        return run_program(
            "label",
            f"--model={model}",
            f"--output_dir={output_dir}",
            "--output_resolution=4",
            "--num_instances=2",
            *images,
        )

    return run


def read(path):
    with Image.open(path) as image:
        return image.mode, np.asarray(image)


def test_labels_files_and_says_what_is_on_them(
    start_program, model_dir, tmp_path, write_picture, noise, labeler
):
    write_picture("photos/a.png", noise)
    write_picture("photos/b.png", noise[:9, :7])

    status, out, err = start_program(
        "label",
        f"--model={model_dir}",
        "--images=photos/a.png,photos/b.png",
        "--output_dir=out",
        "--output_resolution=4",
        "--num_instances=2",
    )

    assert status == 0, err
    for name, photo in (("a", noise), ("b", noise[:9, :7])):
        expected = labeler(photo[None])[0]
        mode, labels = read(tmp_path / f"out/{name}_labels.png")
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


def test_the_overlay_is_the_tinted_photo_with_a_legend(
    label, write_picture, noise, labeler, tmp_path, model
):
    write_picture("a.png", noise)

    assert label("--images", tmp_path / "a.png")[0] == 0

    mode, picture = read(tmp_path / "out/a_overlay.png")
    labels = labeler(noise[None])[0]
    tinted = overlay(noise, labels, model.palette)
    assert mode == "RGB"
    assert picture.shape[1] > noise.shape[1]
    np.testing.assert_array_equal(
        picture[: noise.shape[0], : noise.shape[1]], tinted
    )


def test_every_colour_mode(label, write_picture, noise, labeler, tmp_path):
    photo = Image.fromarray(noise)
    wide = np.linspace(0, 65535, 24 * 36).reshape(24, 36).astype(np.uint16)
    transparent = photo.copy()
    transparent.putalpha(Image.fromarray(noise[..., 0]))
    for mode in ("1", "L", "LA", "P"):
        write_picture(f"in/png_{mode}.png", photo.convert(mode))
    write_picture("in/png_P_clear.png", photo.convert("P"), transparency=3)
    write_picture("in/png_RGBA.png", transparent)
    write_picture("in/png_I16.png", Image.fromarray(wide))
    for mode in ("L", "CMYK", "RGB"):
        write_picture(f"in/jpeg_{mode}.JPG", photo.convert(mode))
    write_picture("in/one.png", noise[:1, :1])

    status, out, err = label(f"--images={tmp_path / 'in'}")

    assert status == 0, err
    assert out.count("_labels.png") == 11
    for file in (tmp_path / "out").glob("*_labels.png"):
        mode, labels = read(file)
        assert mode == "L"
        size = (1, 1) if file.name.startswith("one") else (24, 36)
        assert labels.shape == size
    # On white, in colour, and 65535 being 255: by Pillow and by hand.
    white = Image.new("RGBA", photo.size, "white")
    white.alpha_composite(transparent)
    grey = np.rint(wide / 257).astype(np.uint8)
    for name, expected in (
        ("png_1", photo.convert("1").convert("RGB")),
        ("png_RGBA", white.convert("RGB")),
        ("png_I16", np.repeat(grey[..., None], 3, axis=-1)),
    ):
        np.testing.assert_array_equal(
            read(tmp_path / f"out/{name}_labels.png")[1],
            labeler(np.asarray(expected)[None])[0],
        )


def test_labels_lie_on_the_photo_as_it_is_seen(
    label, write_picture, noise, labeler, tmp_path
):
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned by a quarter clockwise
    write_picture("a.png", noise, exif=exif)

    assert label(f"--images={tmp_path / 'a.png'}")[0] == 0

    upright = np.rot90(noise, -1)
    labels = read(tmp_path / "out/a_labels.png")[1]
    assert labels.shape == (36, 24)
    np.testing.assert_array_equal(labels, labeler(upright[None])[0])
    picture = read(tmp_path / "out/a_overlay.png")[1]
    assert picture.shape[0] >= 36


def test_goes_on_past_broken_files_and_names_them(
    label, write_picture, noise, broken_files, tmp_path
):
    folder = broken_files["text"].parent
    write_picture(f"{folder.name}/zebra.png", noise)

    status, out, err = label(f"--images={folder}")

    assert status == 1
    assert "Traceback" not in err
    end = err[err.index("error: ") :]
    assert end.startswith("error: 3 of 4 photos could not be labelled:\n")
    for file in broken_files.values():
        assert re.search(rf"^  {file} is .+: .+\.$", end, re.MULTILINE)
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert written == {"zebra_labels.png", "zebra_overlay.png"}
    assert "zebra.png" in out


def test_photos_of_one_name_do_not_overwrite_each_other(
    label, write_picture, noise, tmp_path
):
    write_picture("in/a.jpg", noise)
    write_picture("in/a.png", noise[:20])
    write_picture("below/a.png", noise[:10])

    status, _, err = label(f"--images={tmp_path / 'in'},{tmp_path / 'below'}")

    assert status == 0, err
    heights = {
        name: read(tmp_path / f"out/{name}_labels.png")[1].shape[0]
        for name in ("a", "a_2", "a_3")
    }
    assert heights == {"a": 24, "a_2": 20, "a_3": 10}


def test_never_overwrites_a_photo(label, write_picture, noise, tmp_path):
    write_picture("a.png", noise)
    photo = write_picture("a_labels.png", noise)
    before = photo.read_bytes()

    status, out, err = label(f"--images={tmp_path}", output_dir=tmp_path)

    assert status == 1
    assert f"error: {photo} is one of the photos" in err
    assert out == ""
    assert photo.read_bytes() == before


def test_takes_photos_that_a_shell_found(label, write_picture, noise, tmp_path):
    photos = [write_picture(f"{name}.png", noise) for name in "abc"]

    status, out, err = label("--images", *photos)

    assert status == 0, err
    assert out.count("_labels.png") == 3


def test_labels_a_smaller_photo_and_brings_them_to_its_size(
    label, write_picture, noise, labeler, tmp_path
):
    # Blocks of 2 x 2, so that half the size is exactly the photo before.
    photo = write_picture("a.png", noise.repeat(2, axis=0).repeat(2, axis=1))

    status, _, err = label(f"--images={photo}", "--longest_side=36")

    assert status == 0, err
    labels = labeler(noise[None])[0].repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(
        read(tmp_path / "out/a_labels.png")[1], labels
    )


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("nothing/*.png", "nothing/*.png: there is no such photo"),
        ("a.png,b.png", "b.png: there is no such photo"),
        ("empty", "empty: no photo is right in this folder"),
    ],
)
def test_names_the_pattern_that_nothing_matches(
    label, write_picture, noise, tmp_path, monkeypatch, images, message
):
    write_picture("a.png", noise)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    status, out, err = label(f"--images={images}")

    assert (status, out) == (1, "")
    assert f"error: {message}" in err
    assert not (tmp_path / "out").exists()


def test_names_a_model_that_is_none(label, write_picture, noise, tmp_path):
    photo = write_picture("a.png", noise)
    checkpoint = tmp_path / "model.keras"
    checkpoint.write_text("no weights")

    for model, reason in (
        (tmp_path / "nowhere", "no model there"),
        (checkpoint, "not a readable Keras model"),
        (tmp_path / "m.tflite", "LiteRT models are not supported"),
    ):
        status, out, err = label(f"--images={photo}", model=model)
        assert (status, out) == (1, "")
        assert f"error: {model}: {reason}" in err
        assert "Traceback" not in err


def test_a_full_disk_ends_the_run(label, write_picture, noise, tmp_path):
    photo = write_picture("a.png", noise)
    part = tmp_path / "out/.a_labels.png.part"
    part.parent.mkdir()
    part.symlink_to("/dev/full")

    status, _, err = label(f"--images={photo}")

    assert status == 1
    assert "a_labels.png cannot be written (No space left on device)" in err
    assert "Traceback" not in err
    assert list(part.parent.iterdir()) == []


def test_names_an_output_folder_that_cannot_be(
    label, write_picture, noise, tmp_path
):
    photo = write_picture("a.png", noise)

    status, _, err = label(f"--images={photo}", output_dir=photo / "out")

    assert status == 1
    assert f"error: The folder {photo / 'out'} cannot be made" in err


@pytest.mark.parametrize(
    "flag",
    ["--method=magic", "--num_instances=0", "--longest_side=0", "--imagse=a"],
)
def test_wrong_usage_has_a_status_of_its_own(label, flag):
    status, out, err = label("--images=a.png", flag)

    assert (status, out) == (2, "")
    assert err.startswith("error: ")


def test_a_copy_of_a_photo_elsewhere_is_labelled_too(
    label, write_picture, noise, tmp_path
):
    photo = write_picture("a.png", noise)
    (tmp_path / "b").mkdir()
    shutil.copy(photo, tmp_path / "b/a.png")

    status, out, err = label("--images", photo, tmp_path / "b", photo)

    assert status == 0, err
    assert out.count("_labels.png") == 2
