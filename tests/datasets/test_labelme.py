"""Folders as labelme leaves them, written by hand here."""

import base64
import io
import itertools
import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.errors import InputError
from tests.helpers.label_folders import load, text, unlink
from tests.helpers.made_up_archives import write_photo

ORIENTATION = 0x0112
HEIGHT, WIDTH = 60, 80
# Convex, hollow, and crossing itself; some points lie outside the photo.
POLYGONS = [
    [(10.3, 5.1), (70.2, 12.7), (60.0, 50.4), (20.9, 55.5)],
    [(5, 5), (75, 5), (75, 55), (40, 20), (5, 55)],
    [(-20, 30), (90, 10), (90, 50), (-20, 5)],
]


def shape(label, points, kind="polygon", **others):
    """As labelme 5 writes it."""
    return {
        "label": label,
        "points": points,
        "group_id": None,
        "description": "",
        "shape_type": kind,
        "flags": {},
        "mask": None,
    } | others


def write_labelme(path, shapes, photo=None, **others):
    content = {
        "version": "5.10.1",
        "flags": {},
        "shapes": shapes,
        "imagePath": photo or f"{path.stem}.jpg",
        "imageData": None,
        "imageHeight": HEIGHT,
        "imageWidth": WIDTH,
    } | others
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def box(label, left, top, right, bottom):
    return shape(label, [[left, top], [right, bottom]], "rectangle")


def png_text(height, width):
    """A mask as labelme stores it."""
    content = io.BytesIO()
    Image.new("L", (width, height)).save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


LARGE_MASK = png_text(HEIGHT + 1, WIDTH)
SHAPES = [box("sky", 0, 0, 29, 59), box("sea", 50, 0, 79, 59)]
SIDES = np.full((HEIGHT, WIDTH), 255, np.uint8)
SIDES[:, :30] = 1
SIDES[:, 50:] = 0


@pytest.fixture
def folder(tmp_path):
    """Photos a, b and c whose left is sky and whose right is sea."""
    for name in "abc":
        write_photo(tmp_path / f"{name}.jpg", HEIGHT, WIDTH)
        write_labelme(tmp_path / f"{name}.json", SHAPES)
    return tmp_path


def drawn(folder, *shapes, **others):
    """The label map of `a`, in a folder of the classes x and y."""
    (folder / "classes.txt").write_text("x\ny\n")
    for name in "bc":
        write_labelme(folder / f"{name}.json", [])
    write_labelme(folder / "a.json", list(shapes), **others)
    return load(folder)[1]["a"]["label"]


def distance(x, y, start, end):
    """From a point to a line between two points."""
    start, end, point = (np.array(p, float) for p in (start, end, (x, y)))
    along = np.dot(point - start, end - start) / np.dot(
        end - start, end - start
    )
    return np.linalg.norm(point - start - np.clip(along, 0, 1) * (end - start))


def inside(x, y, points):
    """Whether a ray to the right crosses the polygon an odd number of times."""
    crossings = 0
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 <= y) != (y1 <= y):
            crossings += x < x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    return crossings % 2 == 1


def test_labels_in_alphabetical_order_are_the_classes(folder):
    (folder / "unlabeled.jpg").write_bytes((folder / "a.jpg").read_bytes())

    dataset, examples = load(folder)

    assert dataset.class_names == ("sea", "sky")
    assert len(set(dataset.palette)) == 2
    assert list(examples) == ["a", "b", "c"]
    for name in "abc":
        np.testing.assert_array_equal(examples[name]["label"], SIDES)
        with Image.open(folder / f"{name}.jpg") as photo:
            np.testing.assert_array_equal(examples[name]["image"], photo)
    assert len(load(folder, "test")[1]) == 2


def test_classes_txt_gives_order_and_colors(folder):
    (folder / "classes.txt").write_text("__ignore__\nsky #0a141e\nsea\nroad\n")

    dataset, examples = load(folder)

    assert dataset.class_names == ("sky", "sea", "road")
    assert dataset.palette[0] == (10, 20, 30)
    expected = np.array([1, 0], np.uint8)[np.minimum(SIDES, 1)]
    np.testing.assert_array_equal(
        examples["a"]["label"], np.where(SIDES == 255, 255, expected)
    )


@pytest.mark.parametrize("points", POLYGONS)
@pytest.mark.parametrize("kind", ["polygon", None])
def test_polygons_hold_what_is_inside(folder, points, kind):
    labels = drawn(folder, shape("y", points, kind))

    compared = 0
    for (y, x), label in np.ndenumerate(labels):
        edges = zip(points, points[1:] + points[:1], strict=True)
        if min(distance(x, y, *edge) for edge in edges) > 1.5:
            compared += 1
            expected = 1 if inside(x, y, points) else 255
            assert label == expected, (x, y)
    assert compared > 3000
    assert set(np.unique(labels)) == {1, 255}


def test_rectangles_between_any_two_corners(folder):
    labels = drawn(
        folder,
        shape("x", [[30, 40], [10, 20]], "rectangle"),
        shape("y", [[40, 5], [50, 5], [50, 9], [40, 9]], "rectangle"),
    )

    expected = np.full((HEIGHT, WIDTH), 255)
    expected[20:41, 10:31] = 0
    expected[5:10, 40:51] = 1
    np.testing.assert_array_equal(labels, expected)


def test_an_oriented_rectangle_is_a_polygon(folder):
    corners = [[20, 10], [60, 30], [50, 50], [10, 30]]

    np.testing.assert_array_equal(
        drawn(folder, shape("x", corners, "oriented_rectangle")),
        drawn(folder, shape("x", corners)),
    )


def test_circles_of_a_center_and_a_point_on_the_edge(folder):
    labels = drawn(folder, shape("x", [[70, 30], [70, 12]], "circle"))

    for (y, x), label in np.ndenumerate(labels):
        radius = np.hypot(x - 70, y - 30)
        if abs(radius - 18) > 1:
            assert label == (0 if radius < 18 else 255), (x, y)


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([[10, 10], [60, 40]], "line"),
        ([[10, 10], [60, 15], [30, 50]], "linestrip"),
    ],
)
def test_lines_are_ten_pixels_wide(folder, points, kind):
    labels = drawn(folder, shape("x", points, kind))

    for (y, x), label in np.ndenumerate(labels):
        ends = min(np.hypot(x - px, y - py) for px, py in points)
        away = min(distance(x, y, *pair) for pair in itertools.pairwise(points))
        if ends > 7 and abs(away - 5) > 1.5:
            assert label == (0 if away < 5 else 255), (x, y)


@pytest.mark.parametrize("corner", [(20, 30), (-4, 55), (75, -3)])
@pytest.mark.parametrize("high", [1, 255])
def test_masks_lie_where_their_corner_is(folder, corner, high):
    mask = np.random.default_rng(0).integers(0, 2, (12, 15), np.uint8)
    file = io.BytesIO()
    Image.fromarray(mask * np.uint8(high)).save(file, "PNG")
    left, top = corner
    points = [[left, top], [left + 14, top + 11]]

    labels = drawn(
        folder,
        box("x", 0, 0, 79, 59),
        shape(
            "y", points, "mask", mask=base64.b64encode(file.getvalue()).decode()
        ),
    )

    expected = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row, column in np.argwhere(mask):
        y, x = top + row, left + column
        if 0 <= y < HEIGHT and 0 <= x < WIDTH:
            expected[y, x] = 1
    np.testing.assert_array_equal(labels, expected)


def test_later_shapes_lie_over_earlier_ones(folder):
    labels = drawn(
        folder,
        box("x", 0, 0, 49, 59),
        box("y", 20, 20, 69, 39),
        box("__ignore__", 40, 0, 44, 59),
        box("x", 42, 30, 42, 30),
    )

    expected = np.full((HEIGHT, WIDTH), 255)
    expected[:, :50] = 0
    expected[20:40, 20:70] = 1
    expected[:, 40:45] = 255
    expected[30, 42] = 0
    np.testing.assert_array_equal(labels, expected)


@pytest.mark.parametrize("listed", [True, False])
def test_a_class_background_is_where_nobody_drew(folder, listed):
    if listed:
        (folder / "classes.txt").write_text("_background_\nsea\nsky\n")
    else:
        shapes = [*SHAPES, box("_background_", 40, 0, 40, 0)]
        write_labelme(folder / "a.json", shapes)

    dataset, examples = load(folder)

    assert dataset.class_names == ("_background_", "sea", "sky")
    expected = np.where(SIDES == 255, 0, SIDES + 1)
    np.testing.assert_array_equal(examples["a"]["label"], expected)


def test_points_are_left_out_with_a_note(folder, capsys):
    labels = drawn(
        folder,
        shape("y", [[5, 5]], "point"),
        shape("y", [[5, 5], [9, 9]], "points"),
    )

    assert (labels == 255).all()
    note = capsys.readouterr().err
    assert f"2 of them, the first in {folder / 'a.json'}" in note


def test_a_photo_without_shapes_is_unknown(folder):
    write_labelme(folder / "a.json", [])

    _, examples = load(folder)

    assert (examples["a"]["label"] == 255).all()
    np.testing.assert_array_equal(examples["b"]["label"], SIDES)


def test_points_lie_on_the_photo_as_it_is_seen(folder):
    with Image.open(folder / "a.jpg") as photo:
        exif = Image.Exif()
        exif[ORIENTATION] = 6
        turned = photo.transpose(Image.Transpose.ROTATE_90)
        turned.save(folder / "a.png", exif=exif)
        upright = np.asarray(photo)
    (folder / "a.jpg").unlink()
    write_labelme(folder / "a.json", SHAPES, "a.png")

    _, examples = load(folder)

    np.testing.assert_array_equal(examples["a"]["image"], upright)
    np.testing.assert_array_equal(examples["a"]["label"], SIDES)


def test_files_of_old_versions_do_not_tell_the_size(folder):
    old = {"lineColor": [0, 255, 0, 128], "imageHeight": None}
    corners = [[0, 0], [29, 0], [29, 59], [0, 59]]
    drawn = {"label": "sky", "line_color": None, "points": corners}
    write_labelme(folder / "a.json", [drawn], imageWidth=None, **old)

    _, examples = load(folder)

    expected = np.where(SIDES == 0, 255, SIDES)
    np.testing.assert_array_equal(examples["a"]["label"], expected)


@pytest.mark.parametrize(
    "stated", ["../images/{}", "..\\images\\{}", "{}", "C:\\photos\\{}"]
)
def test_photos_and_json_files_in_folders_of_their_own(folder, stated):
    for name in "abc":
        photo = folder / "images" / "trip" / f"{name}.jpg"
        file = folder / "annotations" / "trip" / f"{name}.json"
        if "images" not in stated:
            photo, file = (folder / "images" / photo.name), file
        photo.parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jpg").rename(photo)
        (folder / f"{name}.json").unlink()
        where = stated.format(photo.relative_to(folder / "images"))
        prefix = "../" if where.startswith("..") else ""
        write_labelme(file, SHAPES, prefix + where)

    _, examples = load(folder)

    assert list(examples) == ["trip/a", "trip/b", "trip/c"]
    np.testing.assert_array_equal(examples["trip/a"]["label"], SIDES)


def test_a_photo_embedded_in_its_file_alone(folder):
    content = (folder / "a.jpg").read_bytes()
    with Image.open(folder / "a.jpg") as photo:
        expected = np.asarray(photo)
    (folder / "a.jpg").unlink()
    data = base64.b64encode(content).decode()
    write_labelme(folder / "a.json", SHAPES, imageData=data)

    _, examples = load(folder)

    np.testing.assert_array_equal(examples["a"]["image"], expected)


def test_labels_in_any_script(folder):
    shapes = [box(" Straße  nass ", 0, 0, 9, 9), box("空", 20, 0, 29, 9)]
    for name in "abc":
        write_labelme(folder / f"{name}.json", shapes)

    assert load(folder)[0].class_names == ("Straße nass", "空")


def _write(shapes=(), **others):
    return lambda root: write_labelme(root / "b.json", list(shapes), **others)


def _without(key):
    def damage(root):
        content = json.loads((root / "b.json").read_text())
        del content[key]
        (root / "b.json").write_text(json.dumps(content))

    return damage


def _all_empty(root):
    for name in "abc":
        write_labelme(root / f"{name}.json", [])


def _photo_inside(data):
    def damage(root):
        (root / "b.jpg").unlink()
        write_labelme(root / "b.json", [], imageData=data)

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (text("b.json", '{"shapes": ['), "b.json is not a whole JSON file"),
        (text("b.json", ""), "b.json is not a whole JSON file"),
        (text("b.json", "[" * 100_000), "b.json is not a whole JSON file"),
        (text("b.json", '{"images": []}'), "b.json has no shapes"),
        (text("b.json", "[1]"), "b.json has no shapes"),
        (unlink("b.jpg"), "b.json has no photo b.jpg: put it beside"),
        (_write(photo="other.jpg"), "names the photo other.jpg, and b.jpg has"),
        (_without("imageWidth"), "b.json is not as labelme"),
        (_without("imagePath"), "b.json is not .*no 'imagePath'"),
        (_write(imageHeight=None), "b.json is not as labelme"),
        (_write(imageHeight=float("inf")), "b.json is not as labelme"),
        (_write(imageHeight=0), "b.json is not .*80x0 pixels"),
        (_write(imageHeight=10**9), "b.json is not .*80x1000000000 pixels"),
        (_write(imageHeight=61), "b.json is 80x61 .* is 80x60: both must be"),
        (_write(imageHeight=80, imageWidth=60), "b.json is 60x80 .*EXIF"),
        (
            _write(imageHeight=100_000, imageWidth=100_000),
            "b.json is 100000x100000 .* is 80x60",
        ),
        (
            _write([shape("x", [[1, 1]], "mask", mask=LARGE_MASK)]),
            "b.json .*a broken mask, larger than the photo",
        ),
        (_write([shape("x", [[1, 1], [2, 2]])]), "polygon 'x' of 2 points"),
        (_write([shape("x", [[1, 1, 1]] * 3)]), "b.json is not as labelme"),
        (_write([shape("x", [["a", 1]] * 3)]), "b.json is not as labelme"),
        (_write([shape("x", [[1, float("nan")]] * 3)]), "a point at nan"),
        (_write([shape("x", [[1, 1e30]] * 3)]), r"a point at 1e\+30"),
        (_write([shape("x", [[1, 10**400]] * 3)]), "b.json is not as labelme"),
        (_write([shape("x", [[1, 1]] * 3, "cube")]), "of the type 'cube'"),
        (_write([shape(" ", [[1, 1]] * 3)]), "a polygon without a label"),
        (_write([shape(None, [[1, 1]] * 3)]), "b.json is not as labelme"),
        (_write(["x"]), "b.json is not as labelme"),
        (_write([shape("x", [[1, 1]], "mask")]), "b.json is not as labelme"),
        (
            _write([shape("x", [[1, 1]], "mask", mask="AAAA")]),
            "b.json .*a broken mask",
        ),
        (text("classes.txt", "sky\nroad\n"), "'sea', which classes.txt"),
        (text("classes.txt", "sky\n"), "'sea', which classes.txt"),
        (_all_empty, "names 0 classes: .*`_background_`"),
        (_photo_inside("no picture"), "b.json holds a broken imageData"),
        (_photo_inside("AAAA"), "b.json is no picture"),
        (
            lambda root: (root / "annotations").mkdir(),
            "annotations holds no JSON file",
        ),
        (text("a.jpg", "text"), "a.jpg is no picture"),
    ],
)
def test_refuses_by_name(folder, damage, message):
    damage(folder)

    with pytest.raises(InputError, match=message) as error:
        load(folder)

    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)
