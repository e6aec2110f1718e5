"""Labels in the formats of annotation tools, read by the tools' own rules."""

import contextlib
import functools
import io
import json
import sys
import urllib.parse

import numpy as np
import pytest

from keras_rcnn import annotations
from keras_rcnn.errors import missing_extra
from tests.helpers.label_folders import load
from tests.helpers.tool_decoders import brush_values, labels_of_shapes

pytestmark = pytest.mark.extras(name="annotations")

NAMES = ("sky", "wet road", "sea")
PALETTE = ((10, 20, 200), (30, 180, 40), (128, 60, 128))
WRITERS = {
    "coco_instances": annotations.CocoInstances,
    "coco_polygons": functools.partial(
        annotations.CocoInstances, polygons=True
    ),
    "geojson": annotations.GeojsonAnnotations,
    "label_studio": annotations.LabelStudioAnnotations,
    "labelme": annotations.LabelmeAnnotations,
    "labelme_polygons": functools.partial(
        annotations.LabelmeAnnotations, polygons=True
    ),
    "yolo": annotations.YoloAnnotations,
}


def label_maps():
    """Noise; regions in holes of regions, which touch; waves; one class."""
    noise = np.random.default_rng(0).integers(0, 3, (13, 17), np.uint8)
    nested = np.zeros((30, 40), np.uint8)
    nested[5:25, 5:35] = 1
    nested[10:20, 10:30] = 2
    nested[12:18, 12:28] = 0
    nested[15, 15] = nested[16, 16] = 1
    nested[6:9, 7:9] = nested[0, 3:7] = 255
    y, x = np.mgrid[:60, :80]
    waves = np.digitize(np.sin(x / 9) + np.cos(y / 7 + x / 40), [-0.5, 0.6])
    return {
        "b 2": noise,
        "nested": nested,
        "waves": waves.astype(np.uint8),
        "one": np.full((5, 4), 2, np.uint8),
    }


LABELS = label_maps()


@pytest.fixture
def write(write_picture, tmp_path):
    """Function of a format: writes all label maps, in bands."""

    def run(name):
        rng = np.random.default_rng(1)
        writer = WRITERS[name](tmp_path / name, NAMES, PALETTE)
        for photo, labels in LABELS.items():
            pixels = rng.integers(0, 256, (*labels.shape, 3), np.uint8)
            file = write_picture(f"in/{photo}.png", pixels)
            with writer.photo(file, photo, *labels.shape) as append:
                for top in range(0, len(labels), 7):
                    append(labels[top : top + 7])
        writer.finish()
        return writer.folder

    return run


def assert_drawn(drawn, photo):
    """Compares label maps in which 0 is unknown, 1 is class 0 and so on."""
    expected = np.where(LABELS[photo] == 255, 0, LABELS[photo].astype(int) + 1)
    np.testing.assert_array_equal(drawn, expected)


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - {"geojson"}))
def test_labels_read_back_are_equal(write, name):
    dataset, examples = load(write(name))

    assert dataset.class_names == NAMES
    # labelme cannot hold colors.
    assert dataset.palette == PALETTE or name.startswith("labelme")
    assert sorted(examples) == sorted(LABELS)
    for photo, labels in LABELS.items():
        np.testing.assert_array_equal(examples[photo]["label"], labels)


@pytest.mark.parametrize("name", ["coco_instances", "coco_polygons"])
def test_pycocotools_reads_instances(write, name):
    from pycocotools.coco import COCO

    folder = write(name)
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(folder / "annotations/instances_default.json")

    names = [each["name"] for each in coco.loadCats(coco.getCatIds())]
    assert names == list(NAMES)
    for image in coco.loadImgs(coco.getImgIds()):
        drawn = np.zeros((image["height"], image["width"]), int)
        for each in coco.loadAnns(coco.getAnnIds(image["id"])):
            mask = coco.annToMask(each).astype(bool)
            y, x = np.nonzero(mask)
            assert each["area"] == mask.sum()
            size = [np.ptp(x) + 1, np.ptp(y) + 1]
            assert each["bbox"] == [x.min(), y.min(), *size]
            assert (drawn[mask] == 0).all()
            drawn[mask] = each["category_id"]
        assert (folder / "images" / image["file_name"]).is_file()
        assert_drawn(drawn, image["file_name"].removesuffix(".png"))


@pytest.mark.parametrize("name", ["labelme", "labelme_polygons"])
def test_labelme_reads_shapes(write, name):
    folder = write(name)

    values = {"__ignore__": 0} | {n: i for i, n in enumerate(NAMES, start=1)}
    for photo in LABELS:
        content = json.loads((folder / f"{photo}.json").read_text())
        size = content["imageHeight"], content["imageWidth"]
        drawn = labels_of_shapes(size, content["shapes"], values)
        assert_drawn(drawn, photo)
        assert (folder / content["imagePath"]).is_file()
    assert (folder / "classes.txt").read_text().split("\n")[:-1] == list(NAMES)


def test_label_studio_reads_brushes(write):
    import xml.etree.ElementTree as ET

    folder = write("label_studio")

    tasks = json.loads((folder / "tasks.json").read_text())
    interface = ET.parse(folder / "labels.xml").getroot()
    labels = interface.findall("BrushLabels/Label")
    assert [label.get("value") for label in labels] == list(NAMES)
    assert [label.get("background") for label in labels] == [
        "#0a14c8",
        "#1eb428",
        "#803c80",
    ]
    tags = interface.find("BrushLabels"), interface.find("Image")
    assert tags[1].get("value") == "$image"
    for task in tasks:
        url = urllib.parse.urlsplit(task["data"]["image"])
        place = urllib.parse.parse_qs(url.query)["d"][0]
        photo = folder.parent / place
        assert photo.is_file()
        (prediction,) = task["predictions"]
        drawn = np.zeros_like(LABELS[photo.stem], int)
        for region in prediction["result"]:
            assert region["from_name"] == tags[0].get("name")
            assert region["to_name"] == tags[1].get("name")
            size = region["original_height"], region["original_width"]
            pixels = brush_values(region["value"]["rle"]).reshape(*size, 4)
            assert set(np.unique(pixels)) <= {0, 255}
            (name,) = region["value"]["brushlabels"]
            drawn[pixels[..., 3] > 0] = NAMES.index(name) + 1
        assert_drawn(drawn, photo.stem)
    assert len(tasks) == len(LABELS)


def draw(polygons, shape):
    """Sets pixels whose centers are in polygons, which may not overlap."""
    import shapely

    drawn = np.zeros(shape, int)
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    for label, polygon in polygons:
        mask = shapely.contains_xy(polygon, x, y)
        assert (drawn[mask] == 0).all()
        drawn[mask] = label + 1
    return drawn


def test_yolo_files_hold_fractions(write):
    import shapely
    import yaml

    folder = write("yolo")

    content = yaml.safe_load((folder / "data.yaml").read_text())
    assert content["names"] == dict(enumerate(NAMES))
    assert content["train"] == content["val"] == "images"
    for photo, labels in LABELS.items():
        polygons = []
        for line in (folder / f"labels/{photo}.txt").read_text().splitlines():
            number, *places = line.split(" ")
            points = np.array(places, float).reshape(-1, 2)
            assert ((points >= 0) & (points <= 1)).all()
            polygon = shapely.Polygon(points * labels.shape[::-1])
            polygons.append((int(number), polygon))
        assert_drawn(draw(polygons, labels.shape), photo)
        assert (folder / f"images/{photo}.png").is_file()


def test_shapely_reads_geojson(write):
    import shapely

    folder = write("geojson")

    for photo, labels in LABELS.items():
        content = (folder / f"labels/{photo}.geojson").read_text()
        parts = shapely.get_parts(shapely.from_geojson(content))
        assert shapely.is_valid(parts).all()
        polygons = []
        features = json.loads(content)["features"]
        for feature, part in zip(features, parts, strict=True):
            kind = feature["properties"]["classification"]
            label = NAMES.index(kind["name"])
            assert kind["color"] == list(PALETTE[label])
            polygons.append((label, part))
        assert_drawn(draw(polygons, labels.shape), photo)


def test_a_missing_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "shapely", None)

    with pytest.raises(
        ValueError, match="needs the extra annotations"
    ) as error:
        annotations.YoloAnnotations(tmp_path, NAMES, PALETTE)

    expected = missing_extra("Writing this format", "annotations")
    assert str(error.value) == str(expected)
    assert list(tmp_path.iterdir()) == []
