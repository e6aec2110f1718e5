"""Folders that could be read without a word, and wrongly.

Each case is a kind of mistake that people have reported.
"""

import itertools
import os
import shutil
import unicodedata

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets import checks, train_validation_split
from keras_rcnn.errors import InputError
from tests.datasets.test_labelme import box, write_labelme
from tests.helpers.hashed_split import hashed
from tests.helpers.label_folders import load, save
from tests.helpers.made_up_archives import write_photo

SIZE = 12, 16
HALVES = np.zeros(SIZE, np.uint8)
HALVES[6:] = 1


def write_plain(root, masks=(HALVES,) * 6, classes="sky\ngrass\n"):
    """Photos p0, p1, ... with the given masks."""
    (root / "masks").mkdir(parents=True)
    (root / "classes.txt").write_text(classes)
    for index, mask in enumerate(masks):
        write_photo(root / f"images/p{index}.png", *SIZE)
        Image.fromarray(mask).save(root / f"masks/p{index}.png")
    return root


def errors_of(root):
    """What `check` finds in a folder; loading refuses the same."""
    check = checks.folder_check(root)
    check.run()
    errors = [each.text for each in check.findings if each.is_error]
    if errors:
        with pytest.raises(InputError) as refused:
            load(root)
        assert str(refused.value) in errors
    return errors


def notes_of(root):
    check = checks.folder_check(root)
    check.run()
    return [each.text for each in check.findings if not each.is_error]


def test_masks_of_0_and_255_are_refused(tmp_path):
    write_plain(tmp_path, [HALVES * 255] * 6)

    (error,) = errors_of(tmp_path)

    assert "the values 0 and 255 only" in error
    assert "write 1 for the second class" in error
    (tmp_path / "classes.txt").write_text("sky = 0\nroad = 255\n")
    assert not errors_of(tmp_path)


def test_a_test_split_may_hold_one_class(tmp_path):
    write_plain(tmp_path, [HALVES, HALVES, HALVES * 255])
    assert not errors_of(tmp_path)


def test_masks_that_count_from_1(tmp_path):
    write_plain(tmp_path, [HALVES + 1] * 6)
    check = checks.folder_check(tmp_path)
    check.run()

    (error,) = [each.text for each in check.findings if each.is_error]

    with pytest.raises(InputError, match=r"holds the value 2, .*subtract 1"):
        load(tmp_path)
    assert "masks/p0.png and 5 other masks hold the value 2" in error
    assert "subtract 1, as no pixel is 0" in error


@pytest.mark.parametrize("content", ["JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_a_mask_that_is_not_png_whatever_its_name(tmp_path, content):
    write_plain(tmp_path)
    Image.fromarray(HALVES).save(tmp_path / "masks/p3.png", content)

    (error,) = errors_of(tmp_path)

    assert f"p3.png holds a {content} picture" in error


def test_a_mask_starts_no_other_program(tmp_path, monkeypatch):
    write_plain(tmp_path)
    Image.new("L", SIZE[::-1]).save(tmp_path / "masks/p3.png", "EPS")
    # A Ghostscript that tells that it was started.
    program = tmp_path / "bin/gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    assert "p3.png is not a whole PNG" in errors_of(tmp_path)[0]
    assert not (tmp_path / "started").exists()


def test_a_split_does_not_change_when_the_folder_grows(tmp_path):
    held_out, tested = {}, {}
    for count in (3, 5, 11, 30, 36):
        folder = write_plain(tmp_path / str(count), [HALVES] * count)
        training = load(folder, "train")[0]
        _, validation = train_validation_split(training)
        held_out[count] = {file.name for file in validation.files}
        tested[count] = set(load(folder, "test")[1])
        assert len(training.files) == count - len(tested[count])

    counts = sorted(tested)
    for fewer, more in itertools.pairwise(counts):
        trained = {f"p{index}" for index in range(fewer)} - tested[fewer]
        assert not trained & tested[more]
        assert not (trained - held_out[fewer]) & held_out[more]
    names = {f"p{index}" for index in range(36)}
    assert tested[36] == hashed(names, 0.2, "test 3071")
    left = names - tested[36]
    assert held_out[36] == hashed(left, 0.1, "validation 0")


def test_only_photos_with_labels_are_held_out(tmp_path):
    unknown = np.full_like(HALVES, 255)
    write_plain(tmp_path, [unknown if i % 3 else HALVES for i in range(20)])
    training = load(tmp_path)[0]
    for seed in range(5):
        rest, held_out = train_validation_split(training, 0.5, seed)
        assert all(file.is_labeled for file in held_out.files)
        assert any(file.is_labeled for file in rest.files)
        for part in (rest, held_out):
            examples = part.examples.as_numpy_iterator()
            names = [example["name"].decode() for example in examples]
            assert names == [file.name for file in part.files]


def test_labels_txt_of_labelme_as_classes_txt(tmp_path):
    names = "__ignore__\n_background_\nsky\ngrass\n"
    write_plain(tmp_path, [HALVES + 1] * 3, names)
    dataset, examples = load(tmp_path)
    # labelme counts from -1.
    assert dataset.class_names == ("_background_", "sky", "grass")
    np.testing.assert_array_equal(examples["p0"]["label"], HALVES + 1)

    (tmp_path / "classes.txt").write_text("sky\n__ignore__\ngrass\n")
    assert "lists __ignore__ after other classes" in errors_of(tmp_path)[0]


def test_composed_and_decomposed_names(tmp_path):
    write_plain(tmp_path)
    for kind, form in (("images", "NFD"), ("masks", "NFC")):
        name = unicodedata.normalize(form, "Köln.png")
        (tmp_path / kind / "p0.png").rename(tmp_path / kind / name)
    assert not errors_of(tmp_path)
    assert "Köln" in load(tmp_path)[1]


def test_jfif_linked_folders_and_hidden_folders(tmp_path):
    write_plain(tmp_path)
    images = tmp_path / "images"
    with Image.open(images / "p1.png") as photo:
        photo.save(images / "p1.jfif", "JPEG")
    (images / "p1.png").unlink()
    (images / ".ipynb_checkpoints").mkdir()
    shutil.copy(images / "p2.png", images / ".ipynb_checkpoints/p2-copy.png")
    for kind in ("images", "masks"):
        elsewhere = tmp_path / f"elsewhere_{kind}"
        elsewhere.mkdir()
        (tmp_path / kind / "p3.png").rename(elsewhere / "p3.png")
        (tmp_path / kind / "day").symlink_to(elsewhere)

    assert not errors_of(tmp_path)
    names = load(tmp_path)[1]
    assert sorted(names) == ["day/p3", "p0", "p1", "p2", "p4", "p5"]


def test_a_link_that_leads_back_is_named(tmp_path):
    write_plain(tmp_path)
    (tmp_path / "images/again").symlink_to(tmp_path / "images")
    (error,) = errors_of(tmp_path)
    assert "images/again leads to a folder that is read already" in error


def test_a_name_that_is_not_utf_8(tmp_path):
    write_plain(tmp_path)
    for kind in ("images", "masks"):
        folder = os.fsencode(tmp_path / kind)
        os.rename(folder + b"/p0.png", folder + b"/stra\xdfe.png")
    errors = errors_of(tmp_path)
    assert len(errors) == 2
    for error in errors:
        assert r"stra\udcdfe.png has a name that is not UTF-8" in error


def test_photos_in_unknown_formats_are_named(tmp_path, capsys):
    write_plain(tmp_path)
    for index in range(5):
        (tmp_path / f"images/IMG_{index}.HEIC").touch()
    expected = (
        "5 photos are skipped, because their formats cannot be read "
        "(IMG_0.HEIC, IMG_1.HEIC, IMG_2.HEIC, ...): convert them to JPEG"
    )
    assert any(note.startswith(expected) for note in notes_of(tmp_path))
    load(tmp_path)
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-32"])
def test_classes_txt_in_another_encoding(tmp_path, encoding):
    write_plain(tmp_path)
    (tmp_path / "classes.txt").write_text("Straße\nHimmel\n", encoding)
    with pytest.raises(InputError, match="not a text in UTF-8"):
        load(tmp_path)


@pytest.mark.parametrize("lines", [0, 1, 256, 300_000])
def test_too_few_or_many_classes_are_told_at_once(tmp_path, lines):
    write_plain(tmp_path)
    names = "".join(f"class {index}\n" for index in range(lines))
    (tmp_path / "classes.txt").write_text(names)
    for read in (load, checks.folder_check):
        with pytest.raises(InputError, match=f"names {lines} classes"):
            read(tmp_path)


def test_notes_on_photos_of_odd_depth_and_bands(tmp_path):
    write_plain(tmp_path)
    gray = np.arange(192, dtype=np.uint16).reshape(SIZE) * 20
    save("images/p0.png", gray)(tmp_path)  # 12 bits in 16
    photo = np.full((*SIZE, 3), 200, np.uint8)
    pages = [Image.fromarray(photo)] * 3
    (tmp_path / "images/p1.png").unlink()
    pages[0].save(
        tmp_path / "images/p1.tif", save_all=True, append_images=pages[1:]
    )
    (tmp_path / "images/p2.png").unlink()
    infrared = np.arange(192, dtype=np.uint8).reshape(*SIZE, 1)
    Image.fromarray(np.dstack([photo, infrared])).save(
        tmp_path / "images/p2.tif"
    )

    notes = notes_of(tmp_path)

    assert not errors_of(tmp_path)
    assert any("p0.png is nearly black" in note for note in notes)
    assert any("p1.tif has several pages" in note for note in notes)
    assert any("p2.tif has a fourth band" in note for note in notes)
    assert not any("p3.png" in note for note in notes)


def test_floats_are_refused(tmp_path):
    write_plain(tmp_path)
    (tmp_path / "images/p0.png").unlink()
    Image.fromarray(np.eye(*SIZE, dtype=np.float32)).save(
        tmp_path / "images/p0.tif"
    )
    assert "p0.tif holds floats" in errors_of(tmp_path)[0]


def labelme_folder(root, places):
    """Photos at the places, each with a JSON file beside it."""
    for place in places:
        write_photo(root / f"{place}.jpg", 60, 80)
        write_labelme(
            root / f"{place}.json",
            [box("sky", 0, 0, 79, 29), box("sea", 0, 30, 79, 59)],
        )
    return root


def test_labelme_files_renumbered_with_their_photos(tmp_path):
    labelme_folder(tmp_path, ["p0", "p1", "p2", "p3"])
    for suffix in ("jpg", "json"):
        (tmp_path / f"p0.{suffix}").unlink()
        for index in (1, 2, 3):
            (tmp_path / f"p{index}.{suffix}").rename(
                tmp_path / f"p{index - 1}.{suffix}"
            )
    errors = errors_of(tmp_path)
    assert len(errors) == 3
    assert "p0.json names the photo p1.jpg, and p0.jpg has its own" in errors[0]


def test_labelme_subfolders_that_mirror_those_of_the_photos(tmp_path):
    for day in ("one", "two"):
        write_photo(tmp_path / f"images/{day}/a.jpg", 60, 80)
        write_labelme(
            tmp_path / f"annotations/{day}/a.json", [box(day, 0, 0, 79, 59)]
        )
    # A photo of the same name that belongs to neither.
    write_photo(tmp_path / "images/a.jpg", 60, 80)
    check = checks.folder_check(tmp_path)
    check.run()
    assert [name.split("images/")[1] for name in check.names] == [
        "one/a.jpg",
        "two/a.jpg",
    ]
    (tmp_path / "images/one/a.jpg").unlink()
    assert "one/a.json has no photo a.jpg" in errors_of(tmp_path)[0]


def test_labelme_files_that_share_a_photo(tmp_path):
    labelme_folder(tmp_path, ["a", "b", "c"])
    shutil.copy(tmp_path / "a.json", tmp_path / "copy.json")
    (error,) = errors_of(tmp_path)
    assert "a.json and " in error
    assert "copy.json name the same photo" in error


@pytest.mark.parametrize("outside", ["../secret.jpg", "{root}/secret.jpg"])
def test_labelme_photos_stay_inside_the_folder(tmp_path, outside):
    folder = labelme_folder(tmp_path / "own", ["a", "b"])
    write_photo(tmp_path / "secret.jpg", 60, 80)
    write_labelme(
        folder / "c.json",
        [box("sky", 0, 0, 9, 9)],
        photo=outside.format(root=tmp_path),
    )
    assert "c.json has no photo secret.jpg" in errors_of(folder)[0]


@pytest.mark.parametrize(
    ("label", "message"),
    [(7, "label 7 that is no text"), ("a\x1b[2J", "with control characters")],
)
def test_labelme_labels_are_texts(tmp_path, label, message):
    labelme_folder(tmp_path, ["a", "b"])
    write_labelme(tmp_path / "b.json", [box(label, 0, 0, 9, 9)])
    assert message in errors_of(tmp_path)[0]


@pytest.mark.parametrize(
    "line",
    [
        "{name}.jpg",
        "JPEGImages/{name}.jpg",
        "/JPEGImages/{name}.jpg /SegmentationClass/{name}.png",
        "{name}  1",
        "{name} -1",
        r"data\JPEGImages\{name}.jpg",
    ],
)
def test_voc_lists_with_suffixes_paths_and_flags(tmp_path, line):
    (tmp_path / "labelmap.txt").write_text("a:1,1,1::\nb:2,2,2::\n")
    for name in ("p0", "p 1", "v1.5"):
        write_photo(tmp_path / f"JPEGImages/{name}.jpg", *SIZE)
        mask = tmp_path / f"SegmentationClass/{name}.png"
        mask.parent.mkdir(exist_ok=True)
        Image.fromarray(HALVES).save(mask)
    lists = tmp_path / "ImageSets/Segmentation"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("p 1\nv1.5\n")
    (lists / "test.txt").write_text(line.format(name="p0") + "\n")
    assert sorted(load(tmp_path, "train")[1]) == ["p 1", "v1.5"]
    assert list(load(tmp_path, "test")[1]) == ["p0"]
