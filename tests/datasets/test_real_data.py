"""The archives as their authors distribute them, where they are at hand."""

import os
import pathlib
import tarfile

import numpy as np
import pytest

from keras_rcnn.datasets import class_shares, load_dataset, prepare

FOLDER = os.environ.get("KERAS_RCNN_DATA")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER, reason="KERAS_RCNN_DATA names no folder"),
]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    for name in ("stanford_background", "sift_flow"):
        prepare(name, FOLDER, folder)
    return folder


def test_stanford_background_has_every_photo_in_its_size(data_dir):
    # horizons.txt holds the name, width and height of each photo.
    with tarfile.open(pathlib.Path(FOLDER) / "iccv09Data.tar.gz") as archive:
        text = archive.extractfile("iccv09Data/horizons.txt").read().decode()
    expected = {}
    for line in text.splitlines():
        name, width, height, _ = line.split()
        expected[name] = int(height), int(width)

    dataset = load_dataset("stanford_background", data_dir, "all")

    sizes = {
        example["name"].decode(): example["label"].shape
        for example in dataset.examples.as_numpy_iterator()
    }
    assert dataset.num_examples == len(sizes)
    assert sizes == {name: expected[name] for name in sizes}
    assert len(set(sizes.values())) > 40


def test_stanford_background_has_the_known_class_shares(data_dir):
    dataset = load_dataset("stanford_background", data_dir, "all")

    shares, unknown = class_shares(dataset)

    known = [14.6, 14.1, 22.6, 6.9, 4.0, 22.7, 1.3, 13.7]
    np.testing.assert_allclose(100 * shares, known, atol=0.5)
    assert unknown == pytest.approx(0.005, abs=0.002)


def test_stanford_folds_have_one_size(data_dir):
    counts = [
        load_dataset("stanford_background", data_dir, "test", fold).num_examples
        for fold in range(5)
    ]

    total = load_dataset("stanford_background", data_dir, "all").num_examples
    assert sum(counts) == total
    assert max(counts) - min(counts) <= 1


def test_sift_flow_has_every_photo_and_the_listed_ones_are_test(data_dir):
    counts = {
        split: load_dataset("sift_flow", data_dir, split).num_examples
        for split in ("train", "test", "all")
    }

    assert counts["train"] + counts["test"] == counts["all"]
    assert counts["test"] == 200
    assert counts["all"] in (2488, 2688)


def test_sift_flow_labels(data_dir):
    dataset = load_dataset("sift_flow", data_dir, "all")

    shares, unknown = class_shares(dataset)

    by_name = dict(zip(dataset.class_names, shares, strict=True))
    assert dataset.num_classes == 33
    assert unknown == pytest.approx(0.08, abs=0.01)
    # Sky, building, mountain and tree are by far the most frequent.
    frequent = sorted(by_name, key=by_name.__getitem__)[-4:]
    assert frequent == ["tree", "mountain", "building", "sky"]
    blank = {
        example["name"].decode()
        for example in dataset.examples.as_numpy_iterator()
        if (example["label"] == 255).all()
    }
    assert {"highway_bost181", "street_urb506"} <= blank
