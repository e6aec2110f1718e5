"""Splits that leave groups of photos whole."""

import itertools
import shutil

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets import (
    checks,
    load_dataset,
    train_validation_split,
)
from keras_rcnn.datasets.synthetic import draw_scene
from keras_rcnn.errors import InputError
from tests.helpers.hashed_split import hashed
from tests.helpers.label_folders import load
from tests.helpers.scene_folder import CLASSES, add_photo

SCENES = [draw_scene(np.random.default_rng(seed)) for seed in range(12)]


def write(root, names):
    """Labeled photos of six pixels each, of no importance."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "classes.txt").write_text("sky\ngrass\n")
    mask = np.array([[0, 1, 0], [1, 0, 1]], np.uint8)
    for name in names:
        for kind in ("images", "masks"):
            path = root / kind / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.stack([mask] * 3, axis=-1) if kind == "images" else mask
            Image.fromarray(pixels).save(path)
    return root


def sides(root, group_by):
    """Names of the photos to train on, to choose by and to test on."""
    training = load_dataset("folder", root, group_by=group_by)
    rest, validation = train_validation_split(training, 0.3)
    test = load_dataset("folder", root, "test", group_by=group_by)
    parts = [[file.name for file in each.files] for each in (rest, validation)]
    return [*map(set, parts), {file.name for file in test.files}]


@pytest.mark.parametrize(
    ("group_by", "pattern", "key"),
    [
        ("folder", "trip{}/photo{}", "trip{}/"),
        ("prefix", "clip{}_0{}", "clip{}"),
        ("prefix", "day/clip{}-{}_left", "day/clip{}"),
    ],
)
def test_groups_stay_whole_and_on_their_side(tmp_path, group_by, pattern, key):
    before = [set(), set(), set()]
    for videos, frames in ((6, 2), (20, 3)):
        numbers = itertools.product(range(videos), range(frames))
        group_of = {pattern.format(*n): key.format(n[0]) for n in numbers}
        write(tmp_path, group_of)

        parts = sides(tmp_path, group_by)

        groups = [{group_of[name] for name in part} for part in parts]
        assert sum(map(len, parts)) == len(group_of)
        assert len(set.union(*groups)) == sum(map(len, groups)) == videos
        # No photo is trained on first, and chosen or scored by later.
        assert not before[0] & (parts[1] | parts[2])
        assert not before[1] & parts[2]
        before = parts
    assert groups[2] == hashed(set(group_of.values()), 0.2, "test 3071")


def test_near_duplicates_stay_together(tmp_path):
    def add(number, shift=0):
        image, label = SCENES[number]
        noise = np.random.default_rng(shift).integers(0, 4, image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
        add_photo(tmp_path, f"s{number:02}_{shift}", image, label)

    (tmp_path / "classes.txt").write_text(CLASSES)
    for number in range(len(SCENES)):
        add(number)
    alone = sides(tmp_path, None)
    # Photos that are alike in nothing are split as they always were.
    assert sides(tmp_path, "near_duplicates") == alone
    for number in range(len(SCENES)):
        add(number, 1)

    parts = sides(tmp_path, "near_duplicates")

    for part, before in zip(parts, alone, strict=True):
        assert part == {n[:-1] + shift for n in before for shift in "01"}
    found = []
    for group_by in (None, "near_duplicates"):
        check = checks.folder_check(tmp_path, group_by=group_by)
        check.run()
        texts = [f.text for f in checks.all_findings(check, 0.985)]
        found.append(sum(text.startswith("The test photos") for text in texts))
    assert found[0] > 0 == found[1]


def test_groups_that_cannot_be_split(tmp_path):
    names = [f"clip_{number}" for number in range(4)]
    write(tmp_path, names)
    with pytest.raises(InputError, match="group_by=prefix makes one group"):
        load(tmp_path, group_by="prefix")
    with pytest.raises(InputError, match="no group_by=colors: choose one of"):
        load(tmp_path, group_by="colors")
    with pytest.raises(InputError, match="group_by=folder is for the data set"):
        load_dataset("synthetic", group_by="folder")

    write(tmp_path, ["walk_1"])
    training = load_dataset("folder", tmp_path, group_by="prefix")
    if training.num_examples == 1:
        training = load_dataset("folder", tmp_path, "test", group_by="prefix")
    with pytest.raises(InputError, match=r"one group: .*fraction=0"):
        train_validation_split(training)

    shutil.move(tmp_path / "images", tmp_path / "JPEGImages")
    shutil.move(tmp_path / "masks", tmp_path / "SegmentationClass")
    (tmp_path / "labelmap.txt").write_text("a:0,0,0::\nb:1,1,1::\n")
    lists = tmp_path / "ImageSets/Segmentation"
    lists.mkdir(parents=True)
    (lists / "test.txt").write_text("clip_0\n")
    (lists / "train.txt").write_text("clip_1\nwalk_1\n")
    with pytest.raises(InputError, match="lists its test photos"):
        load(tmp_path, group_by="prefix")
