"""Folders for annotation tools, counted by plain loops."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.annotations import CocoAnnotations, VocAnnotations
from keras_rcnn.datasets import load_dataset
from keras_rcnn.errors import InputError

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
def test_voc_masks_hold_lines_and_their_colors(photos, tmp_path, rows):
    writer = VocAnnotations(tmp_path / "voc", NAMES, PALETTE)
    folder = write(writer, photos, rows)

    with Image.open(folder / "SegmentationClass/b.png") as mask:
        assert mask.mode == "P"
        values = np.asarray(mask)
        colors = np.asarray(mask.convert("RGB"))
    for y, x in np.ndindex(LABELS.shape):
        label = LABELS[y, x]
        line, color = (
            (0, (0, 0, 0)) if label == 255 else (label + 1, PALETTE[label])
        )
        assert values[y, x] == line
        assert tuple(colors[y, x]) == color


def test_voc_reads_back_with_equal_labels(photos, tmp_path):
    folder = write(VocAnnotations(tmp_path / "voc", NAMES, PALETTE), photos)

    dataset = load_dataset("folder", folder, "all")

    assert dataset.class_names == NAMES
    assert dataset.palette == PALETTE
    examples = {
        example["name"].decode(): example
        for example in dataset.examples.as_numpy_iterator()
    }
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
    dataset = load_dataset("folder", write(writer, photos), "all")

    assert dataset.palette[2] == (9, 9, 9)
    assert len({(0, 0, 0), (224, 224, 192), *dataset.palette}) == count + 2
    for example in dataset.examples.as_numpy_iterator():
        expected = LABELS_OF[example["name"].decode()]
        np.testing.assert_array_equal(example["label"], expected)


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


@pytest.mark.parametrize("rows", [1, 5, 99])
def test_coco_pictures_hold_ids(photos, tmp_path, rows):
    writer = CocoAnnotations(tmp_path / "coco", NAMES, PALETTE)
    folder = write(writer, photos, rows)

    with Image.open(folder / "annotations/panoptic_default/b.png") as picture:
        assert picture.mode == "RGB"
        pixels = np.asarray(picture).astype(int)
    for y, x in np.ndindex(LABELS.shape):
        red, green, blue = pixels[y, x]
        number = red + 256 * green + 65_536 * blue
        assert number == (0 if LABELS[y, x] == 255 else LABELS[y, x] + 1)


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


@pytest.mark.parametrize("writer", [CocoAnnotations, VocAnnotations])
def test_a_folder_that_cannot_be_is_named(photos, tmp_path, writer):
    (tmp_path / "out").write_text("a file")

    with pytest.raises(InputError, match=r"out.* cannot be made"):
        write(writer(tmp_path / "out", NAMES, PALETTE), photos)


def test_a_photo_of_another_suffix_is_copied_as_one(tmp_path, photos):
    odd = photos["b"].rename(tmp_path / "b.scan")

    folder = write(VocAnnotations(tmp_path / "voc", NAMES, PALETTE), {"b": odd})

    dataset = load_dataset("folder", folder, "all")
    (example,) = dataset.examples.as_numpy_iterator()
    np.testing.assert_array_equal(example["label"], LABELS)
