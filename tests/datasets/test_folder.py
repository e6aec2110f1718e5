import colorsys

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import default_palette
from tests.helpers.hashed_split import hashed_test
from tests.helpers.label_folders import cut, load, save, text, unlink
from tests.helpers.made_up_archives import write_photo
from tests.helpers.png import png


def write_folder(root, num_photos=6):
    """Photos a0, a1, ... of different sizes with labels 0 to 3 and 255."""
    (root / "masks").mkdir(parents=True)
    (root / "classes.txt").write_text("sky\ntall tree #0a141e\nroad\nsea\n")
    for index in range(num_photos):
        write_photo(root / "images" / f"a{index}.jpg", 8 + index, 10)
        Image.fromarray(mask(index)).save(root / "masks" / f"a{index}.png")
    return root


def mask(index):
    values = np.arange((8 + index) * 10).reshape(8 + index, 10) % 5
    return np.where(values == 4, 255, values).astype(np.uint8)


def test_reads_photos_masks_and_classes(tmp_path):
    dataset, examples = load(write_folder(tmp_path / "mine"))

    assert dataset.name == "mine"
    assert dataset.class_names == ("sky", "tall tree", "road", "sea")
    assert dataset.palette[1] == (10, 20, 30)
    assert len(set(dataset.palette)) == 4
    assert list(examples) == [f"a{index}" for index in range(6)]
    spec = dataset.examples.element_spec
    assert spec["image"].shape.as_list() == [None, None, 3]
    assert spec["label"].shape.as_list() == [None, None]
    for index in range(6):
        example = examples[f"a{index}"]
        with Image.open(tmp_path / f"mine/images/a{index}.jpg") as photo:
            np.testing.assert_array_equal(example["image"], np.asarray(photo))
        np.testing.assert_array_equal(example["label"], mask(index))


def test_about_a_fifth_is_test(tmp_path):
    write_folder(tmp_path)
    names = [f"a{index}" for index in range(6)]
    expected = hashed_test(names)
    assert 0 < len(expected) < 6

    _, test = load(tmp_path, "test", seed=1)
    _, train = load(tmp_path, "train", seed=2)

    assert set(test) == expected
    assert set(train) == set(names) - expected


def test_palette_and_folders_below(tmp_path):
    write_folder(tmp_path, 2)
    for kind in ("images", "masks"):
        (tmp_path / kind / "trip").mkdir()
    (tmp_path / "images/a0.jpg").rename(tmp_path / "images/trip/a0.jpeg")
    (tmp_path / "masks/a0.png").unlink()
    palette = Image.fromarray(mask(0)).convert("P")
    palette.putdata(mask(0).ravel().tolist())
    palette.putpalette([200, 10, 10] * 256)
    palette.save(tmp_path / "masks/trip/a0.PNG")

    _, examples = load(tmp_path)

    np.testing.assert_array_equal(examples["trip/a0"]["label"], mask(0))


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_masks_of_few_bits(tmp_path, bits):
    write_folder(tmp_path, 2)
    values = mask(0) % 2
    rows = []
    for row in values:
        digits = "".join(f"{value:0{bits}b}" for value in row)
        digits = digits.ljust(-(-len(digits) // 8) * 8, "0")
        rows.append(int(digits, 2).to_bytes(len(digits) // 8, "big"))
    file = png(*values.shape[::-1], bits, 0, rows)
    (tmp_path / "masks/a0.png").write_bytes(file)

    _, examples = load(tmp_path)

    np.testing.assert_array_equal(examples["a0"]["label"], values)


def test_scales_down_to_the_longest_side(tmp_path):
    write_folder(tmp_path, 2)
    image = np.zeros((20, 40, 3), np.uint8)
    image[:, 20:] = 200
    Image.fromarray(image).save(tmp_path / "images/b.png")
    Image.fromarray(image[:, :, 0] // 100).save(tmp_path / "masks/b.png")

    _, examples = load(tmp_path, longest_side=10)

    expected = np.zeros((5, 10), np.uint8)
    expected[:, 5:] = 200
    np.testing.assert_array_equal(examples["b"]["label"], expected // 100)
    # Only beside the edge, columns 4 and 5, is the photo blended.
    off = np.abs(examples["b"]["image"][:, :, 1].astype(int) - expected)
    assert off[:, [0, 1, 2, 3, 6, 7, 8, 9]].max() == 0
    assert examples["a0"]["label"].shape == (8, 10)


def test_colors_given_by_default_differ():
    palette = default_palette(255)

    assert len(set(palette)) == 255
    hues = [colorsys.rgb_to_hsv(*color)[0] for color in palette[:6]]
    assert min(np.diff(sorted(hues))) > 0.05


def _twice(root):
    write_photo(root / "images/a3.png", 11, 10)


def _empty(root):
    for path in (*root.glob("images/*"), *root.glob("masks/*")):
        path.unlink()


def _turned(root):
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(root / "images/a3.jpg") as photo:
        photo.save(root / "images/a3.jpg", exif=exif)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (unlink("classes.txt"), "classes.txt is missing"),
        (text("classes.txt", "only one\n"), "names 1 classes"),
        (text("classes.txt", "sky\nsky\n"), "'sky' twice"),
        *(
            (
                text("classes.txt", f"{line}\ngrass\n"),
                f"classes.txt: '{line}' does not end in",
            )
            for line in ("sky #zzz", "sky #12345", "sky #")
        ),
        (unlink("masks/a3.png"), "a3.jpg has no mask"),
        (unlink("images/a3.jpg"), "a3.png has no photo"),
        (_twice, "a3.jpg and .*a3.png have one name"),
        (_empty, "holds no photo"),
        (_turned, "a3.png is 10x11 .* 11x10: .*EXIF"),
        (save("masks/a3.png", mask(4)), "a3.png is 10x12 .* is 10x11"),
        (
            save("masks/a3.png", mask(3) % 5 + 3),
            "a3.png holds the values 4, 5 and 6",
        ),
        (text("masks/a3.png", "text"), "a3.png is not a whole PNG"),
        (cut("masks/a3.png", -30), "a3.png is not a whole PNG"),
        (
            save("masks/a3.png", np.zeros((11, 10, 3), np.uint8)),
            r"a3.png holds colors \(RGB\)",
        ),
        (
            save("masks/a3.png", np.zeros((11, 10), np.uint16)),
            "a3.png has 16 bits",
        ),
        (text("images/a3.jpg", "text"), "a3.jpg"),
    ],
)
def test_refuses_by_name(tmp_path, damage, message):
    damage(write_folder(tmp_path / "mine"))

    with pytest.raises(InputError, match=message) as error:
        load(tmp_path / "mine")

    assert str(tmp_path / "mine") in str(error.value)
    assert "\n" not in str(error.value)


def test_refuses_what_is_no_folder(tmp_path):
    with pytest.raises(InputError, match=r"no folder .*nowhere"):
        load(tmp_path / "nowhere")
    (tmp_path / "classes.txt").write_text("a\nb\n")
    with pytest.raises(InputError, match="images is missing"):
        load(tmp_path)


def test_one_photo_cannot_be_split(tmp_path):
    write_folder(tmp_path, 1)

    assert len(load(tmp_path)[1]) == 1
    with pytest.raises(InputError, match="only labeled photo"):
        load(tmp_path, "train")
