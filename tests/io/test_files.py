"""Files are written whole or not at all."""

import contextlib
import os
import pathlib
import resource

import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.io.files import file_to_write, make_folder, write_file


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "a.txt"
    write_file(path, b"first, and longer")
    with file_to_write(path) as file:
        file.write(b"one ")
        file.write(b"two")
    assert path.read_bytes() == b"one two"
    assert list(tmp_path.iterdir()) == [path]


def test_written_for_all_who_may_read(tmp_path):
    write_file(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_the_old_file_outlives_a_write_that_was_cut_short(tmp_path):
    path = tmp_path / "a.txt"
    write_file(path, b"old")

    def write_half(file):
        file.write(b"new and")
        assert path.read_bytes() == b"old"
        raise OSError(28, "No space left on device")

    with (
        pytest.raises(InputError, match=r"a\.txt .*No space left"),
        file_to_write(path) as file,
    ):
        write_half(file)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_other_errors_pass_and_leave_nothing(tmp_path):
    with pytest.raises(TypeError), file_to_write(tmp_path / "a") as file:
        file.write("no bytes")
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_one(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "a"
    target.write_bytes(b"old")
    (tmp_path / "link").symlink_to(target)
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_what_is_no_file_is_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, b"through")
    assert os.read(reading, 100) == b"through"
    os.close(reading)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_file_that_cannot_grow_leaves_nothing(tmp_path):
    megabyte = bytes(2**20)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(megabyte), hard))
    try:
        with pytest.raises(InputError, match=r"a.txt cannot be .*too large"):
            write_file(tmp_path / "a.txt", 2 * megabyte)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert list(tmp_path.iterdir()) == []


def test_links_that_somebody_planted_are_not_followed(tmp_path, monkeypatch):
    precious = tmp_path / "precious"
    precious.write_bytes(b"old")
    # Even at a name that was guessed.
    monkeypatch.setattr("secrets.token_hex", lambda count: "guessed")
    for name in (".a.txt.part", ".guessed.part"):
        (tmp_path / name).symlink_to(precious)
        with contextlib.suppress(InputError):
            write_file(tmp_path / "a.txt", b"new")
        assert precious.read_bytes() == b"old"


def test_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(pathlib.Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a.txt", b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/a.txt", "folder"])
def test_names_what_cannot_be_written(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=f"{name} cannot be written"):
        write_file(tmp_path / name, b"x")


def test_makes_folders_above_or_names_the_one_that_cannot_be(tmp_path):
    for path in (tmp_path / "a" / "b", str(tmp_path / "a" / "b")):
        assert make_folder(path).is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file/folder cannot be made"):
        make_folder(tmp_path / "file" / "folder")
