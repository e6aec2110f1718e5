"""Folders of COCO, Label Studio and YOLO, written by hand here."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets.coco_rle import decode_coco_rle
from keras_rcnn.errors import InputError
from keras_rcnn.io.brush_rle import decode_brush, encode_brush
from tests.helpers.label_folders import edit, load, text, unlink
from tests.helpers.made_up_archives import write_photo
from tests.helpers.tool_decoders import brush_values

HEIGHT, WIDTH = 20, 30
# Sky above, sea below, unknown between; an island in the sea.
TRUTH = np.full((HEIGHT, WIDTH), 255, np.uint8)
TRUTH[:8] = 1
TRUTH[10:] = 0
TRUTH[14:17, 4:9] = 2
NAMES = ("sea", "sky", "island")
EXTRA = pytest.mark.extras(name="annotations")


def counts(mask):
    """COCO's uncompressed code, by a loop over columns."""
    runs, last = [0], False
    for value in mask.T.ravel().tolist():
        if value != last:
            runs.append(0)
            last = value
        runs[-1] += 1
    return runs


def coco_rle(mask):
    return {"size": list(mask.shape), "counts": counts(mask)}


def coco_boxes(mask):
    """Outlines around the rows of a mask."""
    rings = []
    for y in np.flatnonzero(mask.any(1)).tolist():
        x = np.flatnonzero(np.diff(np.pad(mask[y].astype(int), 1)))
        for left, right in x.reshape(-1, 2).tolist():
            rings.append([left, y, right, y, right, y + 1, left, y + 1])
    return rings


def instances(photos, encode=coco_rle, **others):
    """Content of a COCO file whose sea lies below the island, as unknown."""
    found = [
        {
            "id": 10 * image + label,
            "image_id": image,
            "category_id": 7 + 3 * label,
            "segmentation": encode(mask),
            "area": int(mask.sum()),
            "iscrowd": 0,
        }
        for image in range(len(photos))
        # The island comes first, and is drawn last.
        for label, mask in (
            (2, TRUTH == 2),
            (1, TRUTH == 1),
            (0, (TRUTH == 0) | (TRUTH == 2)),
        )
    ]
    return {
        "images": [
            {"id": i, "file_name": name, "height": HEIGHT, "width": WIDTH}
            for i, name in enumerate(photos)
        ],
        "annotations": found,
        "categories": [
            {"id": 7 + 3 * label, "name": NAMES[label]} for label in (2, 0, 1)
        ],
    } | others


def write_json(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def write_photos(folder, names="abc"):
    for name in names:
        write_photo(folder / f"{name}.jpg", HEIGHT, WIDTH)


def coco_folder(root, encode=coco_rle):
    write_photos(root / "images")
    content = instances(["a.jpg", "b.jpg", "c.jpg"], encode)
    write_json(root / "annotations/instances_default.json", content)


def panoptic_folder(root):
    """As COCO is distributed, with void and ids beyond 255."""
    write_photos(root / "val2017")
    ids = np.array([1000, 70_000, 3, 0])[np.minimum(TRUTH, 3)]
    folder = root / "annotations/panoptic_val2017"
    folder.mkdir(parents=True)
    channels = np.stack([ids % 256, ids // 256 % 256, ids // 65_536], 2)
    content = instances([])
    for number, name in enumerate("abc"):
        Image.fromarray(channels.astype(np.uint8)).save(folder / f"{name}.png")
        content["images"].append(
            {
                "id": number,
                "file_name": f"{name}.jpg",
                "height": HEIGHT,
                "width": WIDTH,
            }
        )
        content["annotations"].append(
            {
                "image_id": number,
                "file_name": f"{name}.png",
                "segments_info": [
                    {"id": 1000, "category_id": 7},
                    {"id": 70_000, "category_id": 10},
                    {"id": 3, "category_id": 13},
                ],
            }
        )
    write_json(folder.with_suffix(".json"), content)
    # The same as instances, and captions, which do not count.
    write_json(
        root / "annotations/instances_val2017.json",
        instances(["a.jpg", "b.jpg", "c.jpg"]),
    )
    write_json(root / "annotations/captions.json", {"info": {}})


def brush(mask):
    """Label Studio's code with every second pixel as a value of its own."""
    bits = f"{mask.size * 4:032b}{7:05b}" + "".join(
        f"{size - 1:04b}" for size in (3, 4, 8, 16)
    )
    for place, value in enumerate(mask.ravel().tolist()):
        one = f"{255 * value:08b}"
        bits += "100011" + one if place % 2 else "000011" + 4 * one
    bits += "0" * (-len(bits) % 8)
    return [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]


def region(kind, label, **value):
    return {
        "id": "x",
        "type": kind,
        "original_width": WIDTH,
        "original_height": HEIGHT,
        "image_rotation": 0,
        "value": value | {kind: [label]},
    }


def brush_region(label, mask):
    return region("brushlabels", label, format="rle", rle=brush(mask))


REGIONS = [
    brush_region("sea", (TRUTH == 0) | (TRUTH == 2)),
    brush_region("island", TRUTH == 2),
    brush_region("sky", TRUTH == 1),
]


def task(photo, regions=REGIONS, **others):
    return {
        "data": {"image": photo},
        "annotations": [
            {"result": []},
            {"result": regions},
            {"result": [], "was_cancelled": True},
        ],
    } | others


def studio_folder(root):
    write_photos(root / "images")
    (root / "classes.txt").write_text("sea\nsky\nisland\n")
    photos = ("/data/upload/1/0a1b2c3d-a.jpg", "s3://bucket/b.jpg?x=1")
    local = "/data/local-files/?d=photos/images%2Fc.jpg"
    tasks = [task(photo) for photo in (*photos, local)]
    # Nobody has labeled it.
    tasks.append({"data": {"image": "d.jpg"}, "annotations": []})
    write_json(root / "project-1.json", tasks)


def yolo_lines(mask, label):
    size = np.tile((WIDTH, HEIGHT), 4)
    return "".join(
        f"{label} {' '.join(map(str, np.array(ring) / size))}\n"
        for ring in coco_boxes(mask)
    )


def yolo_folder(root):
    lines = "".join(yolo_lines(TRUTH == label, label) for label in range(3))
    for split, names in (("train", "ab"), ("val", "c")):
        write_photos(root / "images" / split, names)
        folder = root / "labels" / split
        folder.mkdir(parents=True)
        for name in names:
            (folder / f"{name}.txt").write_text(lines)
    names = "".join(f"  {i}: {name}\n" for i, name in enumerate(NAMES))
    (root / "data.yaml").write_text(f"train: images/train\nnames:\n{names}")


FOLDERS = {
    "coco": coco_folder,
    "panoptic": panoptic_folder,
    "studio": studio_folder,
    "yolo": yolo_folder,
}


@pytest.fixture
def made(tmp_path):
    """Function of a kind of folder, which it writes."""

    def make(kind):
        FOLDERS[kind](tmp_path)
        return tmp_path

    return make


@pytest.mark.parametrize(
    "kind",
    ["coco", "panoptic", "studio", pytest.param("yolo", marks=EXTRA)],
)
def test_labels_are_those_that_were_written(made, kind):
    dataset, examples = load(made(kind))

    assert dataset.class_names == NAMES
    folder = {"panoptic": "val2017/", "yolo": "train/"}.get(kind, "")
    last = "val/c" if kind == "yolo" else f"{folder}c"
    assert sorted(examples) == [f"{folder}a", f"{folder}b", last]
    for example in examples.values():
        np.testing.assert_array_equal(example["label"], TRUTH)


@EXTRA
def test_outlines_hold_the_pixels_inside(made, tmp_path):
    coco_folder(tmp_path, coco_boxes)

    _, examples = load(tmp_path)

    np.testing.assert_array_equal(examples["a"]["label"], TRUTH)


@EXTRA
def test_label_studio_polygons_and_rectangles_are_in_percent(tmp_path):
    studio_folder(tmp_path)
    sea = [[0, 50], [100, 50], [100, 100], [0, 100]]
    regions = [
        region("polygonlabels", "sea", points=sea, closed=True),
        # Turned by a right angle about its upper left corner.
        region(
            "rectanglelabels",
            "island",
            x=100 * 9 / 30,
            y=70,
            width=10,
            height=100 * 5 / 30 * 30 / 20,
            rotation=90,
        ),
        region("rectanglelabels", "sky", x=0, y=0, width=100, height=40),
        region("ellipselabels", "sky", x=1, y=1, radiusX=2, radiusY=2),
    ]
    tasks = [task(f"{name}.jpg", regions) for name in "abc"]
    write_json(tmp_path / "project-1.json", tasks)

    _, examples = load(tmp_path)

    np.testing.assert_array_equal(examples["a"]["label"], TRUTH)


def test_areas_of_other_kinds_are_counted(made, capfd):
    folder = made("coco")
    content = instances(["a.jpg", "b.jpg"])
    content["annotations"][0]["segmentation"] = []
    write_json(folder / "annotations/instances_default.json", content)

    load(folder)

    assert (
        "instances_default.json: annotations without outline are left out, "
        "1 of them." in capfd.readouterr().err
    )


def test_names_of_files_and_folders_say_what_tests(tmp_path):
    for split, names in (("train", "abc"), ("valid", "de")):
        write_photos(tmp_path / split, names)
        content = instances([f"{name}.jpg" for name in names])
        write_json(tmp_path / split / "_annotations.coco.json", content)

    assert sorted(load(tmp_path, "test")[1]) == ["valid/d", "valid/e"]
    assert len(load(tmp_path, "train")[1]) == 3


@EXTRA
def test_yolo_photos_in_val_are_the_test_split(made):
    assert list(load(made("yolo"), "test")[1]) == ["val/c"]


def test_predictions_count_in_a_file_without_annotations(made):
    folder = made("studio")
    versions = [{"result": []}, {"result": REGIONS}]
    tasks = [
        task(f"{name}.jpg", annotations=[], predictions=versions)
        for name in "ab"
    ]
    write_json(folder / "project-1.json", tasks)

    _, examples = load(folder)

    assert sorted(examples) == ["a", "b"]
    np.testing.assert_array_equal(examples["b"]["label"], TRUTH)


@pytest.mark.parametrize("kind", ["coco", "panoptic"])
def test_a_class_of_the_background_fills_the_rest(made, kind):
    folder = made(kind)
    (folder / "classes.txt").write_text("island\nsky\nsea\n_background_\n")

    dataset, examples = load(folder)

    assert dataset.class_names[-1] == "_background_"
    expected = np.choose(np.minimum(TRUTH, 3), [2, 1, 0, 3])
    (first, *_) = examples.values()
    np.testing.assert_array_equal(first["label"], expected)


def test_check_names_the_photo_of_a_list(made, run_command):
    folder = made("panoptic")
    black = Image.new("RGB", (WIDTH, HEIGHT))
    black.save(folder / "annotations/panoptic_val2017/b.png")

    status, _, err = run_command(
        "check", "--dataset=folder", f"--data_dir={folder}"
    )[:3]
    out = run_command("check", "--dataset=folder", f"--data_dir={folder}")[1]

    assert status == 0, err
    assert "panoptic_val2017.json (of b.jpg) is unknown all over" in out


@EXTRA
def test_codes_of_pycocotools_are_read():
    from pycocotools import mask as coco

    rng = np.random.default_rng(0)
    for _ in range(50):
        shape = rng.integers(1, 40, 2)
        mask = rng.random(shape) < rng.random()
        code = coco.encode(np.asfortranarray(mask, np.uint8))
        np.testing.assert_array_equal(
            decode_coco_rle(code["counts"].decode(), *shape), mask
        )


def test_brushes_are_coded_as_label_studio_reads_them():
    rng = np.random.default_rng(0)
    masks = [rng.random(rng.integers(1, 40, 2)) < rng.random() for _ in "abcd"]
    # Longer than the longest run of the code.
    for mask in (*masks, np.ones((200, 100), bool), np.zeros((1, 1), bool)):
        code = encode_brush(mask)
        pixels = brush_values(code).reshape(*mask.shape, 4)
        np.testing.assert_array_equal(pixels, np.dstack([mask * 255] * 4))
        np.testing.assert_array_equal(decode_brush(code, *mask.shape), mask)


def change(kind, **others):
    """Returns a function that changes the first annotation of a folder."""

    def damage(root):
        path, key = {
            "coco": ("annotations/instances_default.json", "annotations"),
            "photos": ("annotations/instances_default.json", "images"),
            "classes": ("annotations/instances_default.json", "categories"),
            "panoptic": ("annotations/panoptic_val2017.json", "annotations"),
        }[kind]
        content = json.loads((root / path).read_text())
        content[key][0] |= others
        write_json(root / path, content)

    return damage


def regions(*found, **others):
    return lambda root: write_json(
        root / "project-1.json", [task("a.jpg", list(found), **others)]
    )


def line(content):
    return text("labels/train/a.txt", content)


def save_large(root):
    Image.new("RGB", (WIDTH + 1, HEIGHT)).save(
        root / "annotations/panoptic_val2017/b.png"
    )


ONE = {"size": [HEIGHT, WIDTH]}
HUGE = 10**9
MANY = [[0, 0, 99_999, 99_999] * 50]
COCO = [
    (text("annotations/instances_default.json", "{"), "not a whole JSON file"),
    (unlink("images/b.jpg"), "names the photo b.jpg, which is missing"),
    (change("photos", file_name="../../x.jpg"), "x.jpg, which is missing"),
    (change("photos", file_name="b.jpg"), "both label .*b.jpg"),
    (change("photos", file_name=None), "is not as COCO's format"),
    (change("photos", height=HUGE, width=HUGE), "a mask of another size"),
    (change("photos", width=float("inf")), "is not as COCO's format"),
    (change("classes", name="sky"), "names the class 'sky' twice"),
    (change("classes", name=""), "a shape without a label"),
    (change("classes", id=7), "two categories with one id"),
    (change("classes", color=[1, 2, 300]), "is not as COCO's format"),
    (change("classes", color=[1]), "a color that is not red, green"),
    (change("classes", color=10**12), "is not as COCO's format"),
    (change("coco", category_id=99), "is not as COCO's format .*no 99"),
    (change("coco", image_id=99), "is not as COCO's format .*no 99"),
    (change("coco", area="x"), "is not as COCO's format"),
    (change("coco", segmentation=[[1, 2, 3, 4]]), "an outline of 2 points"),
    (change("coco", segmentation=[[1, 2, 3]]), "is not as COCO's format"),
    (change("coco", segmentation=[["x"] * 6]), "is not as COCO's format"),
    (change("coco", segmentation=[[float("nan")] * 6]), "far outside"),
    (change("coco", segmentation=[[HUGE] * 6]), "far outside"),
    (change("coco", segmentation=MANY), "an outline that is too long"),
    (
        change("coco", segmentation=ONE | {"counts": [HUGE]}),
        "has broken labels of .*a.jpg .*impossible runs",
    ),
    (change("coco", segmentation=ONE | {"counts": [5, -5]}), "impossible"),
    (change("coco", segmentation=ONE | {"counts": HUGE}), "broken labels"),
    (change("coco", segmentation=ONE | {"counts": [1, 2]}), "of 3 pixels"),
    (change("coco", segmentation=ONE | {"counts": "z\x7f"}), "characters"),
    (change("coco", segmentation=ONE | {"counts": "P"}), "cut off"),
    (change("coco", segmentation=ONE | {"counts": "o" * 99}), "characters"),
    (text("classes.txt", "sea\nsky\n"), "label 'island', which classes.txt"),
    (
        lambda root: write_json(root / "other.json", instances(["a.jpg"])),
        "both label .*a.jpg",
    ),
    (
        lambda root: write_json(
            root / "other.json", instances([], categories=[])
        ),
        "other.json have different categories",
    ),
]
PANOPTIC = [
    (unlink("annotations/panoptic_val2017/b.png"), "No such file"),
    (text("annotations/panoptic_val2017/b.png", "x"), "cannot identify"),
    (save_large, "has another size"),
    (change("panoptic", segments_info=[{"id": 1}]), "no 'category_id'"),
    (change("panoptic", file_name="../../../x.png"), "No such file"),
]
STUDIO = [
    (text("project-1.json", "[{]"), "not a whole JSON file"),
    (regions(region("brushlabels", "sky")), "no 'rle'"),
    (regions(region("brushlabels", "sky", rle=[0])), "cut off"),
    (regions(region("brushlabels", "sky", rle=[300])), "range"),
    (regions(region("brushlabels", "sky", rle=10**12)), "broken labels"),
    (regions(region("brushlabels", "sky", rle=None)), "broken labels"),
    (regions(region("brushlabels", "sky", rle=brush(TRUTH[1:] == 0))), "570"),
    (regions(brush_region("fog", TRUTH == 0)), "'fog', which classes.txt"),
    (regions(region("brushlabels", "") | {"value": {}}), "without a label"),
    (regions(REGIONS[0] | {"image_rotation": 90}), "that was turned"),
    (regions(REGIONS[0], REGIONS[1] | {"original_width": 9}), "two sizes"),
    (
        regions(REGIONS[0] | {"original_width": HUGE}),
        "project-1.json is 1000000000x20 pixels and its photo",
    ),
    (regions(data={"image": "../../x.jpg"}), "x.jpg, which is missing"),
    (regions(data={"image": 7}), "a task without a photo"),
    (regions(region("polygonlabels", "sky", points=[[1, 1]])), "of 1 points"),
    (regions(region("polygonlabels", "sky", points=[[1e9, 1]] * 3)), "far"),
]
YOLO = [
    (line("0 0.5 0.5 0.1 0.1\n"), "a.txt is not as YOLO .*boxes instead"),
    (line("3 0 0 0 1 1 1\n"), "the class 3, of 3 classes"),
    (line("sky 0 0 0 1 1 1\n"), "a.txt is not as YOLO"),
    (line("0 0 0 0 1 1\n"), "a.txt is not as YOLO"),
    (line("0 0 0 0 20 30 20\n"), "no fraction of the photo"),
    (line("0 0 0 nan 1 1 1\n"), "far outside"),
    (unlink("images/train/a.jpg"), "names the photo a, which is missing"),
    (text("labels/train/x.txt", "0 0 0 0 1 1 1\n"), "names the photo x"),
]
YAML = [
    (text("data.yaml", "names: [sea, sky\n"), "data.yaml is not as YOLO"),
    (text("data.yaml", "names: 5\n"), "data.yaml is not as YOLO"),
    (text("data.yaml", "train: x\n"), "data.yaml is not as YOLO .*no 'names'"),
    (text("data.yaml", "names: {1: a, 2: b}\n"), "data.yaml is not as YOLO"),
    (text("data.yaml", "!!python/object:os.system x\n"), "data.yaml is not"),
    (
        edit("data.yaml", lambda content: content + "  3: 7\n"),
        "that is no text",
    ),
]


@pytest.mark.parametrize(
    ("kind", "damage", "message"),
    [
        *(("coco", *case) for case in COCO),
        *(("panoptic", *case) for case in PANOPTIC),
        *(("studio", *case) for case in STUDIO),
        *(("yolo", *case) for case in YOLO),
        *(pytest.param("yolo", *case, marks=EXTRA) for case in YAML),
    ],
)
def test_refuses_by_name(made, kind, damage, message):
    folder = made(kind)
    if kind == "yolo" and damage not in [case[0] for case in YAML]:
        (folder / "data.yaml").unlink()
        (folder / "classes.txt").write_text("sea\nsky\nisland\n")
    damage(folder)

    with pytest.raises(InputError, match=message) as error:
        load(folder)

    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


def test_photos_of_one_name_need_their_folders(tmp_path):
    for folder in ("x", "y"):
        write_photos(tmp_path / folder, "ab")
    write_json(tmp_path / "labels.json", instances(["C:\\p\\x\\a.jpg"]))
    assert list(load(tmp_path)[1]) == ["x/a"]

    write_json(tmp_path / "labels.json", instances(["p/a.jpg"]))

    with pytest.raises(InputError, match=r"which may be .*x/a.jpg or .*y/a"):
        load(tmp_path)
