"""`label --annotations`: labels of a network in other formats."""

import json
import sys

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import RecurrentCNN
from keras_rcnn.datasets import load_dataset
from keras_rcnn.errors import missing_extra
from keras_rcnn.models.saving import save_model
from tests.helpers.run_command import error_line
from tests.helpers.turned import QUARTER_TURN

BOTH = ("--annotations=voc", "--annotations=coco")


def panoptic_ids(folder, name):
    path = folder / f"coco/annotations/panoptic_default/{name}.png"
    with Image.open(path) as picture:
        return np.asarray(picture).astype(int) @ np.array([1, 256, 65_536])


def panoptic(folder):
    file = folder / "coco/annotations/panoptic_default.json"
    return json.loads(file.read_text())


@pytest.fixture
def photos(write_picture, noise):
    """Two of one name, and one that EXIF turns."""
    return [
        write_picture("in/a.png", noise),
        write_picture("in/a.jpg", noise[::-1]),
        write_picture("in/turned.jpg", noise, exif=QUARTER_TURN),
    ]


@pytest.mark.parametrize("memory", [(), ("--memory_mb=1",)])
def test_every_format_holds_the_labels(
    label, read_png, photos, write_picture, tmp_path, memory
):
    # Too large for one megabyte: labeled strip by strip.
    blobs = np.random.default_rng(0).integers(0, 256, (19, 16, 3), np.uint8)
    big = write_picture("in/big.png", blobs.repeat(10, 0).repeat(10, 1))

    status, _, err = label("--images", *photos, big, *BOTH, *memory)

    assert status == 0, err
    assert ("Labeling big.png" in err) == bool(memory)
    out = tmp_path / "out"
    dataset = load_dataset("folder", out / "voc", "all")
    assert dataset.class_names == ("sky", "grass", "road")
    examples = {
        example["name"].decode(): example["label"]
        for example in dataset.examples.as_numpy_iterator()
    }
    names = ["a", "a_2", "big", "turned"]
    assert sorted(examples) == names
    content = panoptic(out)
    assert [image["file_name"] for image in content["images"]] == [
        "a.png",
        "a_2.jpg",
        "big.png",
        "turned.jpg",
    ]
    for name, image, annotation in zip(
        names, content["images"], content["annotations"], strict=True
    ):
        labels = read_png(out / f"{name}_labels.png")[1]
        np.testing.assert_array_equal(examples[name], labels)
        np.testing.assert_array_equal(panoptic_ids(out, name), labels + 1)
        assert (image["height"], image["width"]) == labels.shape
        areas = {s["id"]: s["area"] for s in annotation["segments_info"]}
        assert areas == {
            value + 1: np.sum(labels == value) for value in np.unique(labels)
        }
    assert len(np.unique(examples["big"])) > 1
    assert examples["turned"].shape == (36, 24)


TOOLS = ("coco_instances", "label_studio", "labelme", "yolo")


@pytest.mark.extras(name="annotations")
@pytest.mark.parametrize("choice", [(), ("--polygons",), ("--memory_mb=1",)])
def test_every_tool_gives_the_labels_back(
    label, read_png, photos, write_picture, tmp_path, choice
):
    blobs = np.random.default_rng(0).integers(0, 256, (19, 16, 3), np.uint8)
    big = write_picture("in/big.png", blobs.repeat(10, 0).repeat(10, 1))
    formats = [f"--annotations={name}" for name in (*TOOLS, "geojson")]

    status, _, err = label("--images", *photos, big, *formats, *choice)

    assert status == 0, err
    out = tmp_path / "out"
    names = ["a", "a_2", "big", "turned"]
    for tool in TOOLS:
        dataset = load_dataset("folder", out / tool, "all")
        assert dataset.class_names == ("sky", "grass", "road")
        examples = {
            example["name"].decode(): example["label"]
            for example in dataset.examples.as_numpy_iterator()
        }
        assert sorted(examples) == names
        for name in names:
            labels = read_png(out / f"{name}_labels.png")[1]
            np.testing.assert_array_equal(examples[name], labels)
    files = sorted(path.name for path in (out / "geojson/labels").iterdir())
    assert files == [f"{name}.geojson" for name in names]
    file = out / "coco_instances/annotations/instances_default.json"
    kinds = {
        type(each["segmentation"])
        for each in json.loads(file.read_text())["annotations"]
    }
    assert kinds == ({list} if choice == ("--polygons",) else {dict})


def test_a_missing_extra_is_named_with_its_format(
    label, photos, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "shapely", None)
    line = error_line(label(photos[0], "--annotations=coco_instances"))
    expected = missing_extra("--annotations=coco_instances", "annotations")
    assert line == f"{expected}\n"
    assert not (tmp_path / "out").exists()


def test_polygons_need_a_format_with_a_choice(label, photos, tmp_path):
    line = error_line(label("--images", photos[0], BOTH[0], "--polygons"))

    assert line == (
        "--polygons= needs one of the formats coco_instances and labelme: add "
        "it to --annotations=.\n"
    )
    assert not (tmp_path / "out").exists()


def test_photos_that_failed_are_not_listed(
    label, photos, broken_files, tmp_path
):
    folder = broken_files["text"].parent

    status, _, err = label(f"--images={folder}", *BOTH)

    assert status == 1
    assert "Traceback" not in err
    # Every photo failed.
    assert not (tmp_path / "out").exists()

    status, _, err = label("--images", photos[0], folder, *BOTH)

    assert status == 1
    assert "error: 3 of 4 photos could not be labeled" in err
    voc = tmp_path / "out/voc"
    listed = voc / "ImageSets/Segmentation/default.txt"
    assert listed.read_text() == "a\n"
    assert len(list((voc / "JPEGImages").iterdir())) == 1
    assert len(panoptic(tmp_path / "out")["images"]) == 1


def test_never_overwrites_a_photo_by_a_copy(label, photos, tmp_path, noise):
    copies = tmp_path / "out/voc/JPEGImages"
    copies.mkdir(parents=True)
    other = copies / "a.png"
    Image.fromarray(noise[:7]).save(other)
    before = other.read_bytes()

    line = error_line(label("--images", photos[0], other, BOTH[0]))

    assert line.startswith(f"{other} is one of the photos")
    assert other.read_bytes() == before


def test_names_a_class_that_voc_cannot_hold(label, photos, tmp_path):
    classes = ("background", "road"), ((1, 2, 3), (4, 5, 6))
    save_model(
        RecurrentCNN.from_preset("plain", 2, *classes), tmp_path / "m.keras"
    )

    result = label(photos[0], BOTH[0], model=tmp_path / "m.keras", choices=())

    assert "cannot hold a class 'background'" in error_line(result)
