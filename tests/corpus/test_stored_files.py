"""Files that are not local, by a filesystem of Beam made for that."""

import pytest

pytest.importorskip("apache_beam")
from keras_rcnn.corpus import stored_files
from tests.helpers.far_files import far

pytestmark = pytest.mark.extras(name="beam")
CONTENT = bytes(range(256))


@pytest.fixture(params=[str, far], ids=["local", "far"])
def folder(request, tmp_path):
    return request.param(str(tmp_path))


def test_writes_and_reads_parts(folder, tmp_path):
    file = f"{folder}/below/a.bin"
    stored_files.write(file, CONTENT)
    assert (tmp_path / "below/a.bin").read_bytes() == CONTENT
    assert stored_files.read(file) == CONTENT
    assert stored_files.read(file, 7, 5) == CONTENT[7:12]
    assert stored_files.find(f"{folder}/**") == [file]


def test_replaces_what_is_there_or_was_left(folder, tmp_path):
    (tmp_path / ".a.bin.part").write_bytes(b"left by a killed program" * 99)
    for content in (b"first", CONTENT):
        stored_files.write(f"{folder}/a.bin", content)
        assert stored_files.read(f"{folder}/a.bin") == content
        assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_a_link_that_somebody_planted_is_not_followed(tmp_path):
    (tmp_path / "precious").write_bytes(b"old")
    (tmp_path / ".a.bin.part").symlink_to(tmp_path / "precious")
    stored_files.write(f"{tmp_path}/a.bin", CONTENT)
    assert (tmp_path / "precious").read_bytes() == b"old"
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_suffix_does_not_change_what_is_read(folder):
    # Beam would unpack this by its name, or fail to.
    stored_files.write(f"{folder}/a.gz", CONTENT)
    assert stored_files.read(f"{folder}/a.gz") == CONTENT


def test_finds_in_order_and_below(folder, tmp_path):
    for name in ("b.png", "a.png", "below/c.png", "d.txt"):
        stored_files.write(f"{folder}/{name}", b"")
    names = {
        "*.png": ["a.png", "b.png"],
        "**.png": ["a.png", "b.png", "below/c.png"],
        "a.png": ["a.png"],
        "none": [],
    }
    for pattern, found in names.items():
        assert stored_files.find(f"{folder}/{pattern}") == [
            f"{folder}/{name}" for name in found
        ]


def test_fetches_a_folder_for_a_while(folder, tmp_path):
    stored_files.write(f"{folder}/below/a.bin", CONTENT)
    with stored_files.on_this_machine(folder, ["below/a.bin"]) as local:
        assert (local / "below/a.bin").read_bytes() == CONTENT
    assert local.exists() == (local == tmp_path)


def test_what_is_missing_is_an_error_of_the_system(folder):
    with pytest.raises(OSError, match=r"nothing\.bin"):
        stored_files.read(f"{folder}/nothing.bin")
