"""A folder to paint on: its files after each action, and what is refused."""

import threading

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets.folder import load_folder
from keras_rcnn.errors import InputError
from keras_rcnn.teaching.project import Project
from keras_rcnn.teaching.strokes import Stroke

LINE = Stroke([(5, 5), (30, 5)], 4, 1)


def stored(project, name):
    return np.array(Image.open(project.mask_file(name)))


def test_each_stroke_is_on_disk_at_once(project, folder):
    project.paint("a", LINE)
    mask = stored(project, "a")
    assert set(np.unique(mask)) == {1, 255}
    assert project.painted == ["a"]
    # Another process, or the same after it was killed, finds the same.
    again = Project(folder)
    assert again.class_names == ("sky", "road")
    assert again.painted == ["a"]
    np.testing.assert_array_equal(again.mask("a"), mask)


def test_the_folder_is_a_labeled_folder(project, folder):
    project.paint("a", LINE)
    project.paint("b", LINE._replace(label=0))
    dataset = load_folder(folder, "all")
    assert dataset.class_names == ("sky", "road")
    assert dataset.palette == ((0, 0, 255), (90, 90, 90))
    labels = [e["label"] for e in dataset.examples.as_numpy_iterator()]
    np.testing.assert_array_equal(labels[0], stored(project, "a"))
    assert [file.is_labeled for file in dataset.files] == [True, True, False]


def test_undo_and_redo(project):
    empty = stored(project, "a")
    project.undo("a")
    project.paint("a", LINE)
    first = stored(project, "a")
    project.paint("a", Stroke([(20, 20)], 6, 0))
    second = stored(project, "a")
    for action, expected in (
        (project.undo, first),
        (project.undo, empty),
        (project.undo, empty),
        (project.redo, first),
        (project.redo, second),
        (project.redo, second),
        (project.undo, first),
    ):
        action("a")
        np.testing.assert_array_equal(stored(project, "a"), expected)
    # A new stroke ends what could be drawn again.
    project.paint("a", Stroke([(5, 25)], 3, 0))
    now = stored(project, "a")
    project.redo("a")
    np.testing.assert_array_equal(stored(project, "a"), now)


def test_painters_at_once_lose_no_stroke(project, folder):
    other = Project(folder)
    rows = range(1, 30, 4)

    def paint(row):
        project.paint("a", Stroke([(0, row), (39, row)], 2, row % 2))

    threads = [threading.Thread(target=paint, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((stored(project, "a")[row] == row % 2).all() for row in rows)
    # A second page reads the mask before each stroke.
    other.paint("a", Stroke([(0, 3), (39, 3)], 2, 0))
    mask = stored(project, "a")
    assert (mask[3] == 0).all()
    assert (mask[29] == 1).all()


def test_classes_are_renamed_added_and_removed_while_unused(project, folder):
    project.paint("a", LINE)
    colors = [(1, 2, 3), (4, 5, 6), (7, 8, 9)]
    project.set_classes(["sky", "street", "tree"], colors)
    assert (folder / "classes.txt").read_text() == (
        "sky #010203\nstreet #040506\ntree #070809\n"
    )
    project.set_classes(["sky", "street"], colors[:2])
    with pytest.raises(InputError, match="street is painted somewhere"):
        project.set_classes(["sky"], colors[:1])
    assert project.class_names == ("sky", "street")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["sky", ""], "'' cannot be the name"),
        (["sky", "a = 3"], "'a = 3' cannot be the name"),
        (["sky", "a #123"], "cannot be the name"),
        (["sky", " sky "], "two classes sky"),
        ([str(n) for n in range(256)], "256 classes are too many"),
    ],
)
def test_impossible_classes_are_refused(project, folder, names, message):
    before = (folder / "classes.txt").read_text()
    with pytest.raises(InputError, match=message):
        project.set_classes(names, [(0, 0, 0)] * len(names))
    assert (folder / "classes.txt").read_text() == before


def test_photos_are_added_and_copied(project, folder, tmp_path):
    content = (folder / "images/a.png").read_bytes()
    assert project.add_photo("../../a.png", content) == "a_2"
    assert project.add_photo("d.png", content) == "d"
    assert (folder / "images/d.png").read_bytes() == content
    assert (stored(project, "d") == 255).all()
    other = tmp_path / "elsewhere" / "e.png"
    other.parent.mkdir()
    other.write_bytes(content)
    for _ in range(2):
        project.copy_photos([other, folder / "images/b.png"])
        # Those that are named come first, as a list orders them.
        assert [*project.photos] == ["e", "b", "a", "c", "a_2", "d"]
    assert other.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.png", b"no picture", "x.png is no picture"),
        ("x.png", b"", "x.png is empty"),
        ("x.txt", b"text", "x.txt is no photo"),
        (".png", b"text", "is no photo"),
    ],
)
def test_what_is_no_photo_is_refused(project, folder, name, content, message):
    with pytest.raises(InputError, match=message):
        project.add_photo(name, content)
    assert len(list((folder / "images").iterdir())) == 3


def test_a_broken_folder_is_refused(folder, tmp_path):
    with pytest.raises(InputError, match="There is no folder"):
        Project(tmp_path / "nothing")
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "images/a.png").rename(outside / "a.png")
    with pytest.raises(InputError, match="holds photos outside of images/"):
        Project(outside)
    (folder / "images/c.png").write_bytes(b"broken")
    with pytest.raises(InputError, match=r"c\.png is no picture"):
        Project(folder)
    (folder / "images/c.png").unlink()
    for text, message in (
        ("sky #12", "does not end in a color"),
        ("sky = 7\nroad = 8", "gives classes values"),
        ("sky\nsky", "two classes sky"),
    ):
        (folder / "classes.txt").write_text(text)
        with pytest.raises(InputError, match=message):
            Project(folder)


def test_strokes_need_a_photo_and_a_class(project):
    with pytest.raises(InputError, match="There is no photo x"):
        project.paint("x", LINE)
    with pytest.raises(InputError, match="There is no class 2"):
        project.paint("a", LINE._replace(label=2))
