import numpy as np
import pytest
from PIL import Image

from keras_rcnn.errors import InputError
from tests.helpers.label_folders import load, save, text, unlink
from tests.helpers.made_up_archives import write_photo

LABELMAP = """\
# label:color_rgb:parts:actions
background:0,0,0::
sky:10,200,30::
sea:128,0,0:part:action
"""
COLORS = np.array([(0, 0, 0), (10, 200, 30), (128, 0, 0)], np.uint8)
# Lines of the label map, and the labels that they stand for.
LINES = np.arange(80).reshape(8, 10) % 3
LABELS = np.array([255, 0, 1], np.uint8)[LINES]


def write_voc(root, names=("p0", "p1", "p2", "p3", "p4"), lists=None):
    (root / "SegmentationClass").mkdir(parents=True)
    (root / "labelmap.txt").write_text(LABELMAP)
    for name in names:
        write_photo(root / "JPEGImages" / f"{name}.jpg", 8, 10)
        Image.fromarray(COLORS[LINES]).save(
            root / "SegmentationClass" / f"{name}.png"
        )
    folder = root / "ImageSets" / "Segmentation"
    folder.mkdir(parents=True)
    for name, content in (lists or {}).items():
        (folder / f"{name}.txt").write_text(content)
    return root


def names(root, split):
    return sorted(load(root, split)[1])


def test_colors_stand_for_classes_and_background_is_unknown(tmp_path):
    dataset, examples = load(write_voc(tmp_path))

    assert dataset.class_names == ("sky", "sea")
    assert dataset.palette == ((10, 200, 30), (128, 0, 0))
    assert len(examples) == 5
    for example in examples.values():
        np.testing.assert_array_equal(example["label"], LABELS)


def test_a_background_by_another_name_is_a_class(tmp_path):
    write_voc(tmp_path)
    text = LABELMAP.replace("background", "other")
    (tmp_path / "labelmap.txt").write_text(text)

    dataset, examples = load(tmp_path)

    assert dataset.class_names == ("other", "sky", "sea")
    np.testing.assert_array_equal(examples["p0"]["label"], LINES)


@pytest.mark.parametrize("mode", ["P", "L"])
def test_palette_and_gray_masks_and_their_border(tmp_path, mode):
    write_voc(tmp_path)
    values = LINES.astype(np.uint8)
    values[0, :4] = 255
    mask = Image.fromarray(values)
    if mode == "P":
        palette = np.full((256, 3), 7, np.uint8)
        palette[:3] = COLORS
        palette[255] = 224, 224, 192
        mask.putpalette(palette.ravel().tolist())
    assert mask.mode == mode
    mask.save(tmp_path / "SegmentationClass/p0.png")

    _, examples = load(tmp_path)

    expected = LABELS.copy()
    expected[0, :4] = 255
    np.testing.assert_array_equal(examples["p0"]["label"], expected)


@pytest.mark.parametrize(
    ("lists", "train", "test"),
    [
        # Without a list of test photos, their names decide.
        ({}, ["p0", "p1", "p3", "p4"], ["p2"]),
        (
            {"default": "p0\np1\np2\np3\np4"},
            ["p0", "p1", "p3", "p4"],
            ["p2"],
        ),
        (
            {"train": "p0\np1\n", "val": "p2\n", "test": "p3 \n\np4\n"},
            ["p0", "p1", "p2"],
            ["p3", "p4"],
        ),
        ({"train": "p0\np1\n", "val": "p2\n"}, ["p0", "p1"], ["p2"]),
        ({"Train": "p0\r\np1", "Test": "p4"}, ["p0", "p1"], ["p4"]),
        (
            {"train": "p0", "val": "p1", "trainval": "p0\np1", "test": ""},
            ["p0"],
            ["p1"],
        ),
    ],
)
def test_lists_decide_the_split(tmp_path, lists, train, test):
    write_voc(tmp_path, lists=lists)

    assert names(tmp_path, "train") == train
    assert names(tmp_path, "test") == test
    assert names(tmp_path, "all") == sorted(train + test)


def test_unlisted_photos_need_no_mask(tmp_path):
    write_voc(tmp_path, lists={"default": "p0\nsub/q\n"})
    for name in ("JPEGImages/p0.jpg", "SegmentationClass/p0.png"):
        path = tmp_path / name
        (path.parent / "sub").mkdir()
        copy = path.parent / "sub" / f"q{path.suffix}"
        copy.write_bytes(path.read_bytes())
    (tmp_path / "SegmentationClass/p1.png").unlink()

    assert names(tmp_path, "all") == ["p0", "sub/q"]


def _listed_without_mask(root):
    _listed(b"p0\np1\n")(root)
    (root / "SegmentationClass/p1.png").unlink()


def _listed(content):
    path = "ImageSets/Segmentation/default.txt"
    return lambda root: (root / path).write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (unlink("labelmap.txt"), "labelmap.txt is missing"),
        (text("labelmap.txt", "sky\nsea:1,2,3::"), "line 'sky'"),
        (text("labelmap.txt", "sky:1,2::\n"), "line 'sky:1,2::'"),
        (text("labelmap.txt", "sky:1,2,300::\n"), "line 'sky:1,2,300::'"),
        (
            text("labelmap.txt", "a:1,2,3::\na:1,2,4::"),
            "line 'a:1,2,4::' twice",
        ),
        (
            text("labelmap.txt", "a:1,2,3::\nb:1,2,3::"),
            "line 'b:1,2,3::' twice",
        ),
        (
            text("labelmap.txt", "background:0,0,0::\na:1,2,3::"),
            "names 1 classes",
        ),
        (unlink("JPEGImages/p1.jpg"), "JPEGImages has no p1"),
        (_listed_without_mask, "SegmentationClass has no p1"),
        (_listed(b"p0\np\xff\n"), "not a text in UTF-8"),
        (
            lambda root: [p.unlink() for p in root.glob("SegmentationClass/*")],
            "SegmentationClass holds no mask",
        ),
        (
            save("SegmentationClass/p1.png", np.full((8, 10, 3), 9, np.uint8)),
            r"p1.png holds the color \(9, 9, 9\)",
        ),
        (
            save("SegmentationClass/p1.png", np.full((8, 10), 3, np.uint8)),
            "p1.png holds the value 3",
        ),
        (
            save("SegmentationClass/p1.png", np.zeros((9, 10), np.uint8)),
            "p1.png is 10x9",
        ),
    ],
)
def test_refuses_by_name(tmp_path, damage, message):
    damage(write_voc(tmp_path))

    with pytest.raises(InputError, match=message):
        load(tmp_path)
