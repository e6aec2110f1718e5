import functools
import pathlib
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_rcnn.datasets import folds, prepare
from keras_rcnn.datasets.stanford_background import (
    stanford_background_dataset_builder,
)
from keras_rcnn.errors import InputError
from tests.helpers import label_folders
from tests.helpers.label_folders import cut, edit, text, unlink
from tests.helpers.made_up_archives import (
    pack,
    stanford_label,
    write_photo,
    write_stanford,
)

NAME = "stanford_background"
load = functools.partial(label_folders.load, name=NAME)
NAMES = [f"{index:07d}" for index in range(7)]
JPEG, LABELS = "images/0000003.jpg", "labels/0000003.regions.txt"


class StanfordBackgroundTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = stanford_background_dataset_builder.Builder
    SPLITS = {"train": 7}  # noqa: RUF012

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.EXAMPLE_DIR = folder.name
        write_stanford(pathlib.Path(folder.name))


@pytest.mark.parametrize("packed", [False, True])
def test_labels_come_out_as_written(tmp_path, packed):
    root = write_stanford(tmp_path / "manual")
    if packed:
        pack(root, "gztar")
    prepare(NAME, tmp_path / "manual", tmp_path / "data")

    dataset, examples = load(tmp_path / "data")

    assert dataset.num_classes == len(dataset.palette) == 8
    assert sorted(examples) == NAMES
    for name, example in examples.items():
        height = 8 + int(name)
        expected = stanford_label(height, 10)
        assert example["image"].shape == (height, 10, 3)
        assert example["image"].dtype == example["label"].dtype == np.uint8
        np.testing.assert_array_equal(
            example["label"], np.where(expected == -1, 255, expected)
        )


def test_folds_and_a_fixed_order(tmp_path):
    write_stanford(tmp_path)
    prepare(NAME, tmp_path, tmp_path / "data")

    for fold in (0, 3):
        train, again, test = (
            list(load(tmp_path / "data", split, fold=fold)[1])
            for split in ("train", "train", "test")
        )
        expected = {
            name
            for name, its in zip(NAMES, folds(NAMES), strict=True)
            if its == fold
        }
        assert train == again
        assert set(test) == expected
        assert set(train) == set(NAMES) - expected


def _first_7(replacement):
    return edit(LABELS, lambda labels: labels.replace("7", replacement, 1))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (unlink(LABELS), "has no labels"),
        (
            lambda root: write_photo(root / JPEG, 12, 10),
            "10x12 pixels and its labels are 10x11",
        ),
        (_first_7("8"), "hold 8: there are classes 0 to 7 only"),
        (cut(LABELS, -4), "Row 11 of .* has [0-9] labels and the first has 10"),
        (_first_7("x"), "not an integer"),
        (_first_7("9" * 30), "not an integer"),
        (text(LABELS, "\n"), "is empty"),
        (cut(JPEG, -60), "not a whole JPEG"),
        (text(JPEG, "not a photo"), "not a whole JPEG"),
    ],
)
def test_refuses_by_name_and_works_after_the_fix(tmp_path, damage, reason):
    manual, data = tmp_path / "manual", tmp_path / "data"
    root = write_stanford(manual)
    damage(root)

    with pytest.raises(InputError, match=reason) as error:
        prepare(NAME, manual, data)

    assert "0000003" in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(InputError, match="is not prepared"):
        load(data)
    assert not list((data / "stanford_background").glob("*"))

    for name in (JPEG, LABELS):
        (root / name).unlink(missing_ok=True)
    prepare(NAME, manual, data)
    assert len(load(data)[1]) == 6


def test_leftovers_of_a_killed_build_are_not_taken_for_the_data(tmp_path):
    write_stanford(tmp_path)
    data = tmp_path / "data"
    leftover = data / "stanford_background" / "incomplete.ABCDEF_1.0.0"
    leftover.mkdir(parents=True)
    (leftover / "stanford_background-train.tfrecord").write_bytes(b"half")

    with pytest.raises(InputError, match="is not prepared"):
        load(data)
    prepare(NAME, tmp_path, data)

    assert len(load(data)[1]) == 7
    assert not leftover.exists()


def test_names_the_folder_that_cannot_be_written(tmp_path):
    write_stanford(tmp_path)
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(InputError, match=r"data/.*cannot be written"):
        prepare(NAME, tmp_path, tmp_path / "data")


def test_overwrite_builds_anew(tmp_path):
    root = write_stanford(tmp_path)
    prepare(NAME, tmp_path, tmp_path / "data")
    write_photo(root / "images" / "more.jpg", 1, 2)
    (root / "labels" / "more.regions.txt").write_text("0 1")

    counts = []
    for overwrite in (False, True):
        prepare(NAME, tmp_path, tmp_path / "data", overwrite)
        counts.append(len(load(tmp_path / "data")[1]))

    assert counts == [7, 8]


@pytest.mark.parametrize("made", [None, "manual", "manual/something"])
def test_names_the_archive_that_is_missing(tmp_path, made):
    if made:
        (tmp_path / made).mkdir(parents=True)
    manual = tmp_path / "manual"

    with pytest.raises(InputError, match=r"iccv09Data\.tar\.gz") as error:
        prepare(NAME, manual, tmp_path / "data")

    assert str(manual) in str(error.value)
