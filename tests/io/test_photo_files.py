"""Names, patterns and folders, and the names of what is written."""

import os
import pathlib

import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.io.photo_files import (
    find_photos,
    output_names,
    refuse_to_overwrite,
    split_at_commas,
    write_list,
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with empty files; what is in them plays no part."""
    for name in (
        "b.PNG",
        "a.jpg",
        "notes.dat",
        ".hidden.jpg",
        "below/c.jpeg",
        "below/a.jpg",
        "x[1].jpg",
        "x1.jpg",
        "one,two.jpg",
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    (tmp_path / "empty.jpg").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["a.jpg"], ["a.jpg"]),
        (["notes.dat"], ["notes.dat"]),
        (["x[1].jpg"], ["x[1].jpg"]),
        (["x[0-9].jpg"], ["x1.jpg"]),
        (["below"], ["below/a.jpg", "below/c.jpeg"]),
        (["below/", "a.jpg"], ["below/a.jpg", "below/c.jpeg", "a.jpg"]),
        (["?.*"], ["a.jpg", "b.PNG"]),
        (["**/a.jpg"], ["a.jpg", "below/a.jpg"]),
        (["a.jpg", "./a.jpg", "below/../a.jpg", "a*"], ["a.jpg"]),
        (["."], ["a.jpg", "b.PNG", "one,two.jpg", "x1.jpg", "x[1].jpg"]),
    ],
)
def test_finds_files_patterns_and_folders(folder, asked, found):
    assert find_photos(asked) == [pathlib.Path(name) for name in found]


def test_finds_photos_below_the_home(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder / "below"))

    assert find_photos(["~/c.jpeg"]) == [folder / "below/c.jpeg"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("c.jpg", "c.jpg: there is no such photo"),
        ("*.gif", r"\*.gif: there is no such photo"),
        ("*.txt", r"\*.txt: there is no such photo"),
        ("empty.jpg", "empty.jpg: no photo is directly in this folder"),
    ],
)
def test_names_what_stands_for_no_photo(folder, asked, reason):
    with pytest.raises(InputError, match=reason):
        find_photos(["a.jpg", asked])


def test_commas_separate_names_but_for_files_that_hold_one(folder):
    values = ["a.jpg,below", "one,two.jpg", "b.PNG,,*.gif,"]

    assert split_at_commas(values) == [
        "a.jpg",
        "below",
        "one,two.jpg",
        "b.PNG",
        "*.gif",
    ]


def test_each_photo_has_a_name_of_its_own():
    photos = ["a.jpg", "A.png", "x/a.jpg", "a_2.jpg", "b.c.jpg", "b.jpg"]

    names = output_names([pathlib.Path(photo) for photo in photos])

    # a_2 belongs to the photo of that name; A counts as a.
    assert names == ["a", "A_3", "a_4", "a_2", "b.c", "b"]


def test_photos_are_not_overwritten_by_any_road(folder):
    os.symlink(folder / "below", folder / "road")

    with pytest.raises(InputError, match=r"road/c\.jpeg is one of the photos"):
        refuse_to_overwrite(
            [pathlib.Path("below/c.jpeg")],
            [folder / "d.png", folder / "road/c.jpeg"],
        )


def test_files_that_are_no_photos_asked_for_may_be_overwritten(folder):
    refuse_to_overwrite([pathlib.Path("a.jpg")], [folder / "b.PNG"])


def test_a_list_names_photos_from_where_it_lies(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a b.jpg"
    elsewhere.touch()
    photos = [pathlib.Path(name) for name in ("below/c.jpeg", "b.PNG")]
    write_list("below/next.txt", [*photos, elsewhere])

    text = (folder / "below/next.txt").read_text()

    assert text == f"c.jpeg\n{folder}/b.PNG\n{elsewhere}\n"
    expected = [path.resolve() for path in (*photos, elsewhere)]
    found = find_photos(["below/next.txt", "below/c.jpeg"])
    assert [path.resolve() for path in found] == expected
    (folder / "below").rename(folder / "moved")
    found = find_photos(["moved/next.txt"])
    assert found[0].resolve() == folder / "moved/c.jpeg"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.jpg\nno.jpg\n", "my.txt lists no.jpg, and there is no such photo"),
        (" \n", "my.txt lists no photo"),
        ("\0", "my.txt is not a text"),
    ],
)
def test_lists_that_cannot_be_used(folder, text, message):
    (folder / "my.txt").write_text(text)
    with pytest.raises(InputError, match=message):
        find_photos(["my.txt"])
    with pytest.raises(InputError, match="a list cannot hold: rename it"):
        write_list("my.txt", [pathlib.Path("a\nb.jpg")])
    assert (folder / "my.txt").read_text() == text
