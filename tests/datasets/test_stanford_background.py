import pathlib
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_rcnn.datasets import folds, load_dataset, prepare
from keras_rcnn.datasets.stanford_background import (
    stanford_background_dataset_builder,
)
from keras_rcnn.errors import InputError
from tests.helpers.made_up_archives import (
    pack,
    stanford_label,
    write_photo,
    write_stanford,
)

Builder = stanford_background_dataset_builder.Builder


class _Unpacked(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    SPLITS = {"train": 7}  # noqa: RUF012

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.EXAMPLE_DIR = folder.name
        cls.prepare_files(pathlib.Path(folder.name))

    @classmethod
    def prepare_files(cls, folder: pathlib.Path) -> None:
        write_stanford(folder)


class UnpackedTest(_Unpacked):
    pass


class ArchiveTest(_Unpacked):
    @classmethod
    def prepare_files(cls, folder: pathlib.Path) -> None:
        pack(write_stanford(folder), "gztar")


# Imported test cases would be collected as well.
del _Unpacked


@pytest.mark.parametrize("packed", [False, True])
def test_labels_come_out_as_written(tmp_path, packed):
    root = write_stanford(tmp_path / "manual")
    if packed:
        pack(root, "gztar")
    prepare("stanford_background", tmp_path / "manual", tmp_path / "data")

    dataset = load_dataset(
        "stanford_background", tmp_path / "data", split="all"
    )

    examples = list(dataset.examples.as_numpy_iterator())
    assert dataset.num_examples == len(examples) == 7
    assert dataset.num_classes == len(dataset.palette) == 8
    assert {example["name"] for example in examples} == {
        f"{index:07d}".encode() for index in range(7)
    }
    for example in examples:
        height = 8 + int(example["name"])
        expected = stanford_label(height, 10)
        assert example["image"].shape == (height, 10, 3)
        assert example["image"].dtype == example["label"].dtype == np.uint8
        np.testing.assert_array_equal(
            example["label"], np.where(expected == -1, 255, expected)
        )


def test_folds_and_a_fixed_order(tmp_path):
    write_stanford(tmp_path)
    prepare("stanford_background", tmp_path, tmp_path / "data")
    names = [f"{index:07d}" for index in range(7)]

    for fold in (0, 3):
        train, test = (
            load_dataset("stanford_background", tmp_path / "data", split, fold)
            for split in ("train", "test")
        )
        expected = {
            name.encode()
            for name, its in zip(names, folds(names), strict=True)
            if its == fold
        }
        assert _names(train) == _names(train)
        assert set(_names(test)) == expected
        assert set(_names(train)) == {n.encode() for n in names} - expected
        assert test.num_examples == len(_names(test))
        assert train.num_examples == len(_names(train))


def _remove_labels(root):
    (root / "labels" / "0000003.regions.txt").unlink()


def _wrong_size(root):
    write_photo(root / "images" / "0000003.jpg", 12, 10)


def _too_high(root):
    _edit(root, lambda text: text.replace("7", "8", 1))


def _ragged(root):
    _edit(root, lambda text: text[:-4])


def _garbled(root):
    _edit(root, lambda text: text.replace("7", "x", 1))


def _huge(root):
    _edit(root, lambda text: text.replace("7", "9" * 30, 1))


def _empty(root):
    _edit(root, lambda text: "\n")


def _cut_jpeg(root):
    path = root / "images" / "0000003.jpg"
    path.write_bytes(path.read_bytes()[:-60])


def _no_jpeg(root):
    (root / "images" / "0000003.jpg").write_text("not a photo")


def _edit(root, change):
    path = root / "labels" / "0000003.regions.txt"
    path.write_text(change(path.read_text()))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_remove_labels, "has no labels"),
        (_wrong_size, "10x12 pixels and its labels are 10x11"),
        (_too_high, "hold 8: there are classes 0 to 7 only"),
        (_ragged, "Row 11 of .* has [0-9] labels and the first has 10"),
        (_garbled, "not an integer"),
        (_huge, "not an integer"),
        (_empty, "is empty"),
        (_cut_jpeg, "not a whole JPEG"),
        (_no_jpeg, "not a whole JPEG"),
    ],
)
def test_refuses_by_name_and_works_after_the_fix(tmp_path, damage, reason):
    manual, data = tmp_path / "manual", tmp_path / "data"
    root = write_stanford(manual)
    damage(root)

    with pytest.raises(InputError, match=reason) as error:
        prepare("stanford_background", manual, data)

    assert "0000003" in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(InputError, match="is not prepared"):
        load_dataset("stanford_background", data)
    assert not list((data / "stanford_background").glob("*"))

    for name in ("images/0000003.jpg", "labels/0000003.regions.txt"):
        (root / name).unlink(missing_ok=True)
    prepare("stanford_background", manual, data)
    assert load_dataset("stanford_background", data, "all").num_examples == 6


def test_leftovers_of_a_killed_build_are_not_taken_for_the_data(tmp_path):
    write_stanford(tmp_path)
    data = tmp_path / "data"
    leftover = data / "stanford_background" / "incomplete.ABCDEF_1.0.0"
    leftover.mkdir(parents=True)
    (leftover / "stanford_background-train.tfrecord").write_bytes(b"half")

    with pytest.raises(InputError, match="is not prepared"):
        load_dataset("stanford_background", data)
    prepare("stanford_background", tmp_path, data)

    assert load_dataset("stanford_background", data, "all").num_examples == 7
    assert not leftover.exists()


def test_names_the_folder_that_cannot_be_written(tmp_path):
    write_stanford(tmp_path)
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(InputError, match=r"data/.*cannot be written"):
        prepare("stanford_background", tmp_path, tmp_path / "data")


def test_overwrite_builds_anew(tmp_path):
    root = write_stanford(tmp_path)
    prepare("stanford_background", tmp_path, tmp_path / "data")
    write_photo(root / "images" / "more.jpg", 1, 2)
    (root / "labels" / "more.regions.txt").write_text("0 1")

    counts = []
    for overwrite in (False, True):
        prepare("stanford_background", tmp_path, tmp_path / "data", overwrite)
        dataset = load_dataset("stanford_background", tmp_path / "data", "all")
        counts.append(dataset.num_examples)

    assert counts == [7, 8]


@pytest.mark.parametrize("made", [None, "manual", "manual/something"])
def test_names_the_archive_that_is_missing(tmp_path, made):
    if made:
        (tmp_path / made).mkdir(parents=True)
    manual = tmp_path / "manual"

    with pytest.raises(InputError, match=r"iccv09Data\.tar\.gz") as error:
        prepare("stanford_background", manual, tmp_path / "data")

    assert str(manual) in str(error.value)


def test_refuses_a_cut_archive(tmp_path):
    pack(write_stanford(tmp_path), "gztar")
    path = tmp_path / "iccv09Data.tar.gz"
    path.write_bytes(path.read_bytes()[:-2000])

    with pytest.raises(InputError, match="not a whole archive"):
        prepare("stanford_background", tmp_path, tmp_path / "data")


def _names(dataset):
    return [e["name"] for e in dataset.examples.as_numpy_iterator()]
