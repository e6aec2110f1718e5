"""Checks of labeled photos: every error and every note."""

import functools
import io
import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets import checks
from tests.helpers.hashed_split import hashed_test
from tests.helpers.scene_folder import (
    CLASSES,
    NAMES,
    add_photo,
    scene,
    write_scenes,
)

# Numbers of the test photos, by the hashes of their names.
TESTED = {int(name[1:]) for name in hashed_test(NAMES)}


@pytest.fixture
def folder(tmp_path):
    """Ten good photos and their masks."""
    return write_scenes(tmp_path / "own")


@pytest.fixture
def add(folder):
    """Function that adds a photo and its mask to the folder."""
    return functools.partial(add_photo, folder)


def findings(folder, similarity=0.985, **arguments):
    """Errors and notes of a folder, and the finished check."""
    check = checks.folder_check(folder, **arguments)
    check.run()
    found = checks.all_findings(check, similarity)
    errors = [each.text for each in found if each.is_error]
    notes = [each.text for each in found if not each.is_error]
    assert [*errors, *notes] == [each.text for each in found]
    figures = json.loads(json.dumps(check.figures(found)))
    assert (figures["errors"], figures["notes"]) == (errors, notes)
    return errors, notes, check


def test_good_photos_have_no_findings(folder):
    errors, notes, check = findings(folder)

    assert errors == notes == []
    figures = check.figures([])
    assert (figures["num_train"], figures["num_test"]) == (8, 2)
    assert figures["unknown"] == 0
    assert figures["sizes"] == [{"height": 120, "width": 160, "num_images": 10}]
    for split, numbers in (
        ("train", sorted(set(range(10)) - TESTED)),
        ("test", sorted(TESTED)),
    ):
        labels = np.concatenate([scene(n)[1].ravel() for n in numbers])
        for index, fraction in enumerate(figures["shares"][split].values()):
            assert fraction == pytest.approx(np.mean(labels == index))


def copy_of(image):
    """The photo at another size, as a JPEG of low quality."""
    content = io.BytesIO()
    larger = Image.fromarray(image).resize((300, 225), Image.Resampling.LANCZOS)
    larger.save(content, "JPEG", quality=60)
    with Image.open(content) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize("crosses", [True, False])
def test_a_copy_is_found_and_whether_it_spoils_scores(folder, add, crosses):
    image, label = scene(4)
    names = [f"{other} copy" for other in NAMES]
    tested = hashed_test(names)
    # s4 is a test photo.
    name = next(n for n in names if (n not in tested) == crosses)
    larger = np.array(Image.fromarray(label).resize((300, 225), 0))
    add(name, copy_of(image), larger)

    errors, (note,), _ = findings(folder)

    assert not errors
    assert f"{folder}/images/s4.jpg" in note
    assert f"{folder}/images/{name}.png" in note
    assert "keep one of them" in note
    assert ("scores will be too good" in note) == crosses


def test_notes_do_not_stop_training(folder, add):
    image, label = scene(40)
    add("unknown", image, np.full_like(label, 255))
    add("flat", np.full_like(image, 90), label)
    speckled = label.copy()
    speckled[::4, ::4] = 1
    add("speckled", scene(41)[0], speckled)
    large = np.kron(scene(42)[0], np.ones((4, 4, 1), np.uint8))
    add("large", large, np.kron(label, np.ones((4, 4), np.uint8)))
    text = CLASSES + "boat #0a15c8\nghost #050505\n"
    (folder / "classes.txt").write_text(text)

    errors, notes, _ = findings(folder)

    assert not errors
    too_large = f"{folder}/images/large.png is 640 pixels long, most photos"
    for expected in (
        f"{folder}/masks/unknown.png is unknown all over",
        f"{folder}/images/flat.png is of one color all over",
        f"{folder}/masks/speckled.png is speckled",
        f"{too_large} about 160",
        "sky and boat have nearly the same color, (10, 20, 200) and (10, 21",
        "ghost and unknown pixels have nearly the same color",
        "The class boat is on no photo:",
        "The class ghost is on no photo:",
    ):
        assert sum(note.startswith(expected) for note in notes) == 1, expected
    assert len(notes) == 8
    scaled = findings(folder, longest_side=160)[1]
    assert not [note for note in scaled if note.startswith(too_large)]


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("train", "road is on no photo to train on, so it cannot be learned"),
        ("test", "road is on no test photo, so its accuracy cannot be"),
    ],
)
def test_classes_that_a_split_lacks(folder, split, expected):
    for index in range(10):
        if (index in TESTED) == (split == "test"):
            label = scene(index)[1]
            label[label == 3] = 4
            Image.fromarray(label).save(folder / f"masks/s{index}.png")

    errors, (note,), _ = findings(folder)

    assert not errors
    assert expected in note


def test_palettes_in_another_order(folder):
    colors = [(10, 20, 200), (30, 180, 40), (128, 60, 128)]
    # Sky and mountain are exchanged in the second palette.
    for name, order in (("s0", (0, 1, 2)), ("s1", (1, 0, 2))):
        label = scene(int(name[1]))[1]
        mask = Image.fromarray(label).convert("P")
        mask.putdata(label.ravel().tolist())
        mask.putpalette([value for number in order for value in colors[number]])
        mask.save(folder / f"masks/{name}.png")

    errors, notes, _ = findings(folder)

    assert not errors
    assert notes == [
        f"{folder}/masks/s1.png shows its value 0, sky, in the color that "
        "classes.txt gives to mountain: check that both have the classes in "
        "the same order."
    ]


def test_photos_that_are_too_few_or_without_labels(folder):
    for path in folder.glob("masks/*"):
        Image.fromarray(np.full((120, 160), 255, np.uint8)).save(path)
    errors, notes, _ = findings(folder)
    assert errors[0].startswith("No pixel of the photos to train on")
    assert len(notes) == len(NAMES) + len(CLASSES.splitlines())

    for name in NAMES[1:]:
        (folder / f"images/{name}.jpg").unlink()
        (folder / f"masks/{name}.png").unlink()
    assert findings(folder)[0][0].startswith(
        "Training needs two photos or more"
    )

    (folder / "masks/s0.png").unlink()
    assert "s0.jpg has no mask" in findings(folder)[0][0]


def test_pascal_voc(folder):
    for old, new in (("images", "JPEGImages"), ("masks", "SegmentationClass")):
        (folder / old).rename(folder / new)
    (folder / "classes.txt").unlink()
    # Gray masks hold numbers of lines; s0 has a color that no line has.
    lines = "".join(f"class{i}:{40 * i},9,9::\n" for i in range(6))
    (folder / "labelmap.txt").write_text(lines)
    Image.fromarray(np.full((120, 160, 3), 7, np.uint8)).save(
        folder / "SegmentationClass/s0.png"
    )
    (folder / "SegmentationClass/s1.png").unlink()
    sets = folder / "ImageSets/Segmentation"
    sets.mkdir(parents=True)
    (sets / "train.txt").write_text("\n".join(NAMES[:9]))
    (sets / "test.txt").write_text("s2\ns3\nmissing\n")

    errors, notes, check = findings(folder)

    assert [error.split(":")[0] for error in errors] == [
        f"{folder}/JPEGImages has no missing",
        f"{folder}/SegmentationClass has no missing",
        f"{folder}/SegmentationClass has no s1",
        f"{folder}/SegmentationClass/s0.png holds the color (7, 7, 7), which "
        "labelmap.txt does not have",
    ]
    assert (check.splits.count("train"), check.splits.count("test")) == (6, 2)
    assert any("JPEGImages/s9.jpg is not used" in note for note in notes)


@pytest.mark.parametrize("listed", [True, False])
def test_labelme(folder, listed):
    for path in folder.glob("masks/*"):
        path.unlink()
    (folder / "masks").rmdir()
    for path in folder.glob("images/*"):
        path.rename(folder / path.name)
        shapes = [
            {"shape_type": "rectangle", "points": points, "label": label}
            for label, points in (
                ("sea" if path.stem == "s4" else "sky", [[0, 0], [160, 60]]),
                ("land", [[0, 61], [160, 120]]),
            )
        ]
        content = {"imagePath": path.name, "shapes": shapes}
        (folder / f"{path.stem}.json").write_text(json.dumps(content))
    (folder / "classes.txt").unlink()
    if listed:
        (folder / "classes.txt").write_text("sky\nland\n")
    (folder / "s1.json").write_text("{broken")
    (folder / "s2.jpg").unlink()
    (folder / "s3.jpg").write_text("no picture")

    errors, notes, check = findings(folder)

    expected = ["s1.json", "s2.json", "s3.jpg"]
    if listed:
        assert check.class_names == ("sky", "land")
        assert any("s4.json has the label 'sea', which" in e for e in errors)
        expected.append("s4.json")
    else:
        assert check.class_names == ("land", "sea", "sky")
    named = sorted(error.split(" ")[0] for error in errors)
    assert named == [f"{folder}/{name}" for name in expected]
    assert notes[0].startswith(f"{folder}/s1.jpg is not used")
