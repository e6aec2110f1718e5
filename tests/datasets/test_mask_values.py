"""Masks whose values are not the numbers of the classes."""

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets import checks, load_dataset
from keras_rcnn.errors import InputError
from tests.helpers.label_folders import load
from tests.helpers.made_up_archives import write_photo

SIZE = 6, 8
CITYSCAPES = "road = 7 #804080\nbig car = 26, 27\nsky=255\n"


def write(root, classes, values):
    """Two photos whose masks hold the values in turn."""
    (root / "masks").mkdir(parents=True, exist_ok=True)
    (root / "classes.txt").write_text(classes)
    mask = np.resize(np.array(values, np.uint8), SIZE)
    for name in ("a", "b"):
        write_photo(root / f"images/{name}.png", *SIZE)
        Image.fromarray(mask).save(root / f"masks/{name}.png")
    return mask


@pytest.mark.parametrize(
    ("classes", "ignored", "label_of"),
    [
        (CITYSCAPES, (0, 4), {7: 0, 26: 1, 27: 1, 255: 2, 0: 255, 4: 255}),
        ("a = 0\nb = 2\n", (1,), {0: 0, 2: 1, 1: 255, 255: 255}),
        # CamVid: 11 is void.
        ("a\nb\nc\n", (11,), {0: 0, 1: 1, 2: 2, 11: 255, 255: 255}),
        # A name with a number, and no color of its own, is a name.
        ("a 1\nb=c\n", (), {0: 0, 1: 1, 255: 255}),
        # Masks of 0 and 255, which mean something here.
        ("a = 0\nb = 255\n", (), {0: 0, 255: 1}),
    ],
)
def test_values_become_labels(tmp_path, classes, ignored, label_of):
    mask = write(tmp_path, classes, list(label_of))

    dataset, examples = load(tmp_path, ignore_label=ignored)

    expected = [[label_of[value] for value in row] for row in mask.tolist()]
    np.testing.assert_array_equal(examples["a"]["label"], expected)
    if classes == CITYSCAPES:
        assert dataset.class_names == ("road", "big car", "sky")
        assert dataset.palette[0] == (128, 64, 128)


@pytest.mark.parametrize(
    ("classes", "value", "message"),
    [
        (CITYSCAPES, 9, "9, which classes.txt does not list"),
        ("a\nb\n", 11, "11, but classes.txt names classes 0 to 1 only"),
    ],
)
def test_a_value_that_is_in_no_list(
    run_command, tmp_path, classes, value, message
):
    write(tmp_path, classes, [7 if "=" in classes else 0, value])
    flags = "--dataset=folder", f"--data_dir={tmp_path}"

    status, out, _ = run_command("check", *flags)

    assert status == 1
    errors = [line for line in out.splitlines() if line.startswith("error:")]
    assert sum("masks/" in error for error in errors) == 1
    masks = f"{tmp_path}/masks/a.png and another mask hold the value"
    assert f"{masks} {message}" in errors[0]
    assert f" --ignore_label={value} if " in errors[0]
    assert "on no photo" not in out
    assert "unknown, of the others" not in out
    with pytest.raises(InputError, match=rf"masks/\w.png holds.* {value}, "):
        load(tmp_path)
    status, out, _ = run_command("check", *flags, f"--ignore_label={value},99")
    assert "holds the value" not in out


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ("a = 1\nb\n", "'b' has no value"),
        ("a = 1\nb #010203 = 2\n", "'b #010203 = 2' has no value before its"),
        ("a = 1\nb = 256\n", "the value 256 must be at most 255"),
        ("a = 1\nb = 3, 1\n", "the value 1 must be .* one class only"),
    ],
)
def test_values_that_cannot_be_meant(tmp_path, classes, message):
    write(tmp_path, classes, [1])
    with pytest.raises(InputError, match=f"classes.txt: {message}"):
        load(tmp_path)


@pytest.mark.parametrize("classes", ["a\nb\n", "a = 0\nb = 1\n"])
def test_all_values_that_no_list_has_are_named_at_once(
    run_command, tmp_path, classes
):
    write(tmp_path, classes, [0, 1, 4, 5])
    mask = Image.fromarray(np.full(SIZE, 9, np.uint8))
    mask.save(tmp_path / "masks/b.png")
    flags = "--dataset=folder", f"--data_dir={tmp_path}"

    status, out, _ = run_command("check", *flags, "--ignore_label=4")

    assert status == 1
    (line,) = [line for line in out.splitlines() if "hold the value" in line]
    assert "masks/a.png and another mask hold the values 5 and 9, " in line
    assert line.endswith("--ignore_label=4,5,9 if their classes are unknown.")
    # Either way of writing the list is the whole list.
    for given in (["4,5,9"], ["4", "5,9"], ["4", "5", "9"]):
        more = [f"--ignore_label={values}" for values in given]
        status, out, _ = run_command("check", *flags, *more)
        assert "hold the value" not in out
        # b.png is read, and is unknown all over.
        assert f"{tmp_path}/masks/b.png is unknown all over" in out


def test_masks_with_values_do_not_count_from_0(run_command, tmp_path):
    flags = "--dataset=folder", f"--data_dir={tmp_path}"
    for classes, hint in (
        ("a\nb\nc\n", " Masks count classes from 0."),
        ("a = 7\nb = 1\nc = 2\n", ""),
    ):
        write(tmp_path, classes, [1, 2])
        _, out, _ = run_command("check", *flags)
        (line,) = [x for x in out.splitlines() if "The class a is on" in x]
        assert line.endswith(f"from the list of classes.{hint}")


def test_values_that_cannot_be_ignored(tmp_path):
    write(tmp_path, CITYSCAPES, [7])
    for value, message in ((26, "the value of a class"), (256, "not a value")):
        with pytest.raises(
            InputError, match=f"ignore_label={value} .*{message}"
        ):
            load(tmp_path, ignore_label=(value,))
    for given, named in (
        ({"ignore_label": (4, 0)}, "ignore_label=0,4 is"),
        ({"group_by": "prefix"}, "group_by=prefix is"),
        (
            {"ignore_label": (4,), "group_by": "prefix"},
            "ignore_label=4 and group_by=prefix are",
        ),
    ):
        with pytest.raises(
            InputError, match=f"synthetic are known, and {named} for"
        ):
            load_dataset("synthetic", **given)
    (tmp_path / "labelmap.txt").write_text("a:1,2,3::\nb:4,5,6::\n")
    (tmp_path / "images").rename(tmp_path / "JPEGImages")
    (tmp_path / "masks").rename(tmp_path / "SegmentationClass")
    with pytest.raises(InputError, match="no masks of values"):
        load(tmp_path, ignore_label=(0,))


def test_colors_of_palettes_are_compared_by_value(tmp_path):
    colors = "#010203", "#040506"
    write(tmp_path, "a = 7 {}\nb = 2 {}\n".format(*colors), [7, 2])
    palette = [0] * 768
    for value, color in zip((7, 2), colors, strict=True):
        palette[3 * value : 3 * value + 3] = bytes.fromhex(color[1:])
    # Of the second mask, the colors are exchanged.
    for name, these in (("a", palette), ("b", palette[:])):
        if name == "b":
            these[6:9], these[21:24] = palette[21:24], palette[6:9]
        mask = Image.open(tmp_path / f"masks/{name}.png").convert("P")
        mask.putdata([7, 2] * 24)
        mask.putpalette(these)
        mask.save(tmp_path / f"masks/{name}.png")

    check = checks.folder_check(tmp_path)
    check.run()

    notes = [each.text for each in check.findings if "color" in each.text]
    assert len(notes) == 1
    assert "masks/b.png shows its value 2, b, in the color" in notes[0]
