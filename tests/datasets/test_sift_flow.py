import functools
import pathlib
import sys
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_rcnn.datasets import prepare
from keras_rcnn.datasets.sift_flow import sift_flow_dataset_builder
from keras_rcnn.errors import InputError
from tests.helpers import label_folders
from tests.helpers.label_folders import cut, text, unlink
from tests.helpers.made_up_archives import (
    SIFT_PHOTOS,
    pack,
    sift_label,
    write_mat,
    write_photo,
    write_sift_flow,
    write_stanford,
)

load = functools.partial(label_folders.load, name="sift_flow")
PHOTO = f"Images/{SIFT_PHOTOS}/street_c3.jpg"
LABELS = f"SemanticLabels/{SIFT_PHOTOS}/street_c3.mat"


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

    dataset, examples = load(tmp_path / "data")
    train, test = (load(tmp_path / "data", s)[1] for s in ("train", "test"))

    assert set(train) == {"coast_a1", "coast_b2", "street_c3"}
    assert set(test) == {"forest_d4", "highway_e5"}
    assert set(examples) == {*train, *test}
    labels, expected = examples["coast_b2"]["label"], sift_label(1)
    np.testing.assert_array_equal(
        labels, np.where(expected == 0, 255, expected - 1)
    )
    assert (test["highway_e5"]["label"] == 255).all()
    assert dataset.num_classes == 33
    # 26 of 1 to 33 in the archive's own list.
    sidewalk = dataset.class_names.index("sidewalk")
    assert set(labels[expected == 26]) == {sidewalk}


def test_colors_differ_from_each_other():
    palette = np.array(
        list(sift_flow_dataset_builder.Builder.CLASSES.values()), float
    )

    distance = np.linalg.norm(palette[:, None] - palette, axis=-1)

    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 40


def test_numbered_class_names_are_the_same_classes(tmp_path):
    root = write_sift_flow(tmp_path)
    classes = sift_flow_dataset_builder.Builder.CLASSES
    numbered = [f"{index} {name}" for index, name in enumerate(classes)]
    names = np.array(numbered, object)
    write_mat(root / LABELS, sift_label(2), names=names)

    prepare("sift_flow", tmp_path, tmp_path / "data")

    labels, expected = load(tmp_path / "data")[1]["street_c3"], sift_label(2)
    np.testing.assert_array_equal(
        labels["label"], np.where(expected == 0, 255, expected - 1)
    )


def test_names_the_extra_that_reads_matlab_files(tmp_path, monkeypatch):
    write_sift_flow(tmp_path)
    monkeypatch.setitem(sys.modules, "scipy.io", None)

    with pytest.raises(InputError, match=r"pip install '[a-z-]+\[data\]'"):
        prepare("sift_flow", tmp_path, tmp_path / "data")


def _labels(labels, **others):
    return lambda root: write_mat(root / LABELS, labels, **others)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (unlink(LABELS), "street_c3.* has no labels"),
        (
            lambda root: write_photo(root / PHOTO, 200, 256),
            "street_c3.* 256x200 pixels and its labels are 256x256",
        ),
        (
            _labels(np.full((256, 256), 34, np.uint8)),
            "street_c3.* hold 33: there are classes 0 to 32 only",
        ),
        (
            _labels(np.full((256, 256), -1, np.int16)),
            "street_c3.* no matrix of labels from 0 on",
        ),
        (
            _labels(sift_label(0), names=np.array(["sky", "sea"], object)),
            "street_c3.* has other classes",
        ),
        (text(LABELS, "not MATLAB"), "street_c3.* not a MATLAB file"),
        (cut(LABELS, 1000), "street_c3.* not a MATLAB file"),
        (unlink("TestSet1.txt"), r"TestSet1\.txt is missing"),
    ],
)
def test_refuses_by_name(tmp_path, damage, reason):
    damage(write_sift_flow(tmp_path))

    with pytest.raises(InputError, match=reason):
        prepare("sift_flow", tmp_path, tmp_path / "data")

    assert not list((tmp_path / "data" / "sift_flow").glob("*"))


@pytest.mark.parametrize(
    ("name", "write", "kind", "suffix"),
    [
        ("sift_flow", write_sift_flow, "zip", "zip"),
        ("stanford_background", write_stanford, "gztar", "tar.gz"),
    ],
)
def test_refuses_a_cut_archive(tmp_path, name, write, kind, suffix):
    root = write(tmp_path)
    pack(root, kind)
    cut(f"{root.name}.{suffix}", -2000)(tmp_path)

    with pytest.raises(InputError, match="not a whole archive"):
        prepare(name, tmp_path, tmp_path / "data")
