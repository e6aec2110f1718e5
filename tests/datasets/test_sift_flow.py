import pathlib
import sys
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_rcnn.datasets import load_dataset, prepare
from keras_rcnn.datasets.sift_flow import sift_flow_dataset_builder
from keras_rcnn.errors import InputError
from tests.helpers.made_up_archives import (
    pack,
    sift_files,
    sift_label,
    write_mat,
    write_photo,
    write_sift_flow,
)


class SiftFlowTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = sift_flow_dataset_builder.Builder
    SPLITS = {"train": 3, "test": 2}  # noqa: RUF012

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.EXAMPLE_DIR = folder.name
        write_sift_flow(pathlib.Path(folder.name))


@pytest.mark.parametrize("packed", [False, True])
def test_labels_and_splits(tmp_path, packed):
    root = write_sift_flow(tmp_path)
    if packed:
        pack(root, "zip")
    prepare("sift_flow", tmp_path, tmp_path / "data")

    labels = {}
    for split, count in (("train", 3), ("test", 2), ("all", 5)):
        dataset = load_dataset("sift_flow", tmp_path / "data", split)
        labels[split] = {
            example["name"].decode(): example["label"]
            for example in dataset.examples.as_numpy_iterator()
        }
        assert dataset.num_examples == len(labels[split]) == count

    assert set(labels["train"]) == {"coast_a1", "coast_b2", "street_c3"}
    assert set(labels["test"]) == {"forest_d4", "highway_e5"}
    expected = sift_label(1)
    np.testing.assert_array_equal(
        labels["all"]["coast_b2"],
        np.where(expected == 0, 255, expected - 1),
    )
    assert (labels["test"]["highway_e5"] == 255).all()
    assert dataset.num_classes == 33
    # 26 of 1 to 33 in the archive's own list.
    sidewalk = dataset.class_names.index("sidewalk")
    assert set(labels["all"]["coast_b2"][expected == 26]) == {sidewalk}


def test_colors_differ_from_each_other():
    palette = np.array(
        list(sift_flow_dataset_builder.Builder.CLASSES.values()), float
    )

    distance = np.linalg.norm(palette[:, None] - palette, axis=-1)

    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 40


def test_numbered_class_names_are_the_same_classes(tmp_path):
    root = write_sift_flow(tmp_path)
    _, path = sift_files(root, "coast_a1")
    names = sift_flow_dataset_builder.Builder.CLASSES
    numbered = [f"{index} {name}" for index, name in enumerate(names)]
    write_mat(path, sift_label(0), names=np.array(numbered, object))

    prepare("sift_flow", tmp_path, tmp_path / "data")

    dataset = load_dataset("sift_flow", tmp_path / "data", "all")
    labels = {
        example["name"]: example["label"]
        for example in dataset.examples.as_numpy_iterator()
    }
    expected = sift_label(0)
    np.testing.assert_array_equal(
        labels[b"coast_a1"], np.where(expected == 0, 255, expected - 1)
    )


def test_names_the_extra_that_reads_matlab_files(tmp_path, monkeypatch):
    write_sift_flow(tmp_path)
    monkeypatch.setitem(sys.modules, "scipy.io", None)

    with pytest.raises(InputError, match=r"pip install '[a-z-]+\[data\]'"):
        prepare("sift_flow", tmp_path, tmp_path / "data")


def _remove_labels(image_path, label_path):
    label_path.unlink()


def _wrong_size(image_path, label_path):
    write_photo(image_path, 200, 256)


def _too_high(image_path, label_path):
    write_mat(label_path, np.full((256, 256), 34, np.uint8))


def _negative(image_path, label_path):
    write_mat(label_path, np.full((256, 256), -1, np.int16))


def _other_classes(image_path, label_path):
    names = np.array(["sky", "vertical", "horizontal"], object)
    write_mat(label_path, sift_label(0), names=names)


def _no_mat(image_path, label_path):
    label_path.write_text("not MATLAB")


def _cut_mat(image_path, label_path):
    label_path.write_bytes(label_path.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_remove_labels, "has no labels"),
        (_wrong_size, "256x200 pixels and its labels are 256x256"),
        (_too_high, "hold 33: there are classes 0 to 32 only"),
        (_negative, "no matrix of labels from 0 on"),
        (_other_classes, "has other classes"),
        (_no_mat, "not a MATLAB file"),
        (_cut_mat, "not a MATLAB file"),
    ],
)
def test_refuses_by_name(tmp_path, damage, reason):
    root = write_sift_flow(tmp_path)
    damage(*sift_files(root, "street_c3"))

    with pytest.raises(InputError, match=reason) as error:
        prepare("sift_flow", tmp_path, tmp_path / "data")

    assert "street_c3" in str(error.value)
    assert not list((tmp_path / "data" / "sift_flow").glob("*"))


def test_names_the_missing_test_list(tmp_path):
    (write_sift_flow(tmp_path) / "TestSet1.txt").unlink()
    with pytest.raises(InputError, match=r"TestSet1\.txt is missing"):
        prepare("sift_flow", tmp_path, tmp_path / "data")


def test_refuses_a_cut_archive(tmp_path):
    pack(write_sift_flow(tmp_path), "zip")
    path = tmp_path / "SiftFlowDataset.zip"
    path.write_bytes(path.read_bytes()[:3000])

    with pytest.raises(InputError, match="not a whole archive"):
        prepare("sift_flow", tmp_path, tmp_path / "data")
