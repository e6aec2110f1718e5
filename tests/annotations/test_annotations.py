"""Folders for annotation tools, counted by plain loops."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.annotations import CocoAnnotations, VocAnnotations
from keras_rcnn.errors import InputError
from tests.helpers.label_folders import load

NAMES = ("sky", "wet road", "sea")
PALETTE = ((10, 20, 200), (30, 180, 40), (128, 60, 128))
LABELS = np.random.default_rng(0).integers(0, 3, (13, 17), np.uint8)
# Sea is in a corner alone; 255 has no class.
LABELS[LABELS == 2] = 255
LABELS[9:12, 11:13] = 2


@pytest.fixture
def photos(write_picture):
    """Files of two photos as large as their labels."""
    rng = np.random.default_rng(1)
    return {
        name: write_picture(
            f"in/{file}", rng.integers(0, 256, (*LABELS.shape, 3), np.uint8)
        )
        for name, file in (("b", "b.png"), ("a 2", "a.JPG"))
    }


LABELS_OF = {"b": LABELS, "a 2": LABELS[::-1]}


def write(writer, photos, rows=5):
    for name, photo in photos.items():
        labels = LABELS_OF[name]
        with writer.photo(photo, name, *labels.shape) as append:
            for top in range(0, len(labels), rows):
                append(labels[top : top + rows])
    writer.finish()
    return writer.folder


def files(folder):
    found = (p for p in folder.rglob("*") if p.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_voc_is_laid_out_as_cvat_reads_it(photos, tmp_path):
    folder = write(VocAnnotations(tmp_path / "voc", NAMES, PALETTE), photos)

    assert files(folder) == [
        "ImageSets/Segmentation/default.txt",
        "JPEGImages/a 2.JPG",
        "JPEGImages/b.png",
        "SegmentationClass/a 2.png",
        "SegmentationClass/b.png",
        "labelmap.txt",
    ]
    assert (folder / "labelmap.txt").read_text() == (
        "background:0,0,0::\n"
        "sky:10,20,200::\n"
        "wet road:30,180,40::\n"
        "sea:128,60,128::\n"
    )
    listed = folder / "ImageSets/Segmentation/default.txt"
    assert listed.read_text() == "a 2\nb\n"
    for name, suffix in (("a 2", ".JPG"), ("b", ".png")):
        copy = folder / "JPEGImages" / (name + suffix)
        assert copy.read_bytes() == photos[name].read_bytes()


@pytest.mark.parametrize("rows", [1, 5, 99])
def test_pictures_hold_a_number_for_each_label(photos, tmp_path, rows):
    expected = np.where(LABELS == 255, 0, LABELS.astype(int) + 1)

    voc = write(VocAnnotations(tmp_path / "voc", NAMES, PALETTE), photos, rows)
    with Image.open(voc / "SegmentationClass/b.png") as mask:
        assert mask.mode == "P"
        np.testing.assert_array_equal(mask, expected)
        colors = np.array([(0, 0, 0), *PALETTE])[expected]
        np.testing.assert_array_equal(mask.convert("RGB"), colors)

    coco = write(
        CocoAnnotations(tmp_path / "coco", NAMES, PALETTE), photos, rows
    )
    with Image.open(coco / "annotations/panoptic_default/b.png") as picture:
        assert picture.mode == "RGB"
        numbers = np.asarray(picture) @ np.array([1, 256, 65_536])
        np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize("suffix", [".png", ".scan"])
def test_voc_reads_back_with_equal_labels(photos, tmp_path, suffix):
    photos["b"] = photos["b"].rename(tmp_path / f"b{suffix}")
    folder = write(VocAnnotations(tmp_path / "voc", NAMES, PALETTE), photos)

    dataset, examples = load(folder)

    assert dataset.class_names == NAMES
    assert dataset.palette == PALETTE
    assert sorted(examples) == ["a 2", "b"]
    for name, example in examples.items():
        np.testing.assert_array_equal(example["label"], LABELS_OF[name])
        with Image.open(photos[name]) as photo:
            np.testing.assert_array_equal(example["image"], photo)


@pytest.mark.parametrize("count", [3, 255])
def test_voc_colors_that_mean_something_else_are_replaced(
    photos, tmp_path, count
):
    names = [f"class {number}" for number in range(count)]
    palette = [(0, 0, 0), (224, 224, 192), (9, 9, 9)] + [(9, 9, 9)] * count

    writer = VocAnnotations(tmp_path / "voc", names, palette[:count])
    dataset, examples = load(write(writer, photos))

    assert dataset.palette[2] == (9, 9, 9)
    assert len({(0, 0, 0), (224, 224, 192), *dataset.palette}) == count + 2
    for name, example in examples.items():
        np.testing.assert_array_equal(example["label"], LABELS_OF[name])


@pytest.mark.parametrize("name", ["background", "sky:blue", "#1"])
def test_voc_refuses_names_that_it_cannot_hold(tmp_path, name):
    with pytest.raises(InputError, match=f"cannot hold a class '{name}'"):
        VocAnnotations(tmp_path, ("sea", name), PALETTE[:2])


def test_coco_counts_areas_and_boxes(photos, tmp_path):
    folder = write(CocoAnnotations(tmp_path / "coco", NAMES, PALETTE), photos)

    assert files(folder) == [
        "annotations/panoptic_default.json",
        "annotations/panoptic_default/a 2.png",
        "annotations/panoptic_default/b.png",
        "images/a 2.JPG",
        "images/b.png",
    ]
    file = folder / "annotations/panoptic_default.json"
    content = json.loads(file.read_text())
    assert content["categories"] == [
        {"id": 1, "name": "sky", "color": [10, 20, 200], "isthing": 0},
        {"id": 2, "name": "wet road", "color": [30, 180, 40], "isthing": 0},
        {"id": 3, "name": "sea", "color": [128, 60, 128], "isthing": 0},
    ]
    assert content["images"] == [
        {"id": 1, "file_name": "a 2.JPG", "height": 13, "width": 17},
        {"id": 2, "file_name": "b.png", "height": 13, "width": 17},
    ]
    for annotation, name in zip(
        content["annotations"], ("a 2", "b"), strict=True
    ):
        assert annotation["file_name"] == f"{name}.png"
        places = {}
        for y, x in np.ndindex(LABELS.shape):
            label = int(LABELS_OF[name][y, x])
            if label != 255:
                places.setdefault(label + 1, []).append((x, y))
        expected = []
        for number in sorted(places):
            columns, rows = zip(*places[number], strict=True)
            width = max(columns) - min(columns) + 1
            height = max(rows) - min(rows) + 1
            expected.append(
                {
                    "id": number,
                    "category_id": number,
                    "area": len(columns),
                    "bbox": [min(columns), min(rows), width, height],
                    "iscrowd": 0,
                }
            )
        assert annotation["segments_info"] == expected
    assert [a["image_id"] for a in content["annotations"]] == [1, 2]


@pytest.mark.parametrize("writer", [CocoAnnotations, VocAnnotations])
def test_a_photo_that_is_given_up_is_not_listed(photos, tmp_path, writer):
    writer = writer(tmp_path / "out", NAMES, PALETTE)

    def give_up():
        with writer.photo(photos["a 2"], "a 2", *LABELS.shape) as append:
            append(LABELS[:4])
            raise InputError("broken")

    with pytest.raises(InputError, match="broken"):
        give_up()

    folder = write(writer, {"b": photos["b"]})
    assert not [name for name in files(folder) if "a 2" in name]
    assert not [
        path
        for path in folder.rglob("*")
        if path.suffix in (".txt", ".json") and "a 2" in path.read_text()
    ]
