"""The command `prepare` with a small archive."""

import pytest

from tests.helpers.made_up_archives import write_photo, write_stanford


@pytest.fixture
def prepare(run_command, tmp_path):
    """Function without arguments that prepares the archive in `manual`."""
    return lambda: run_command(
        "prepare",
        "--dataset=stanford_background",
        f"--manual_dir={tmp_path}/manual",
        f"--data_dir={tmp_path}/data",
    )


def test_prepares_and_prints_the_fractions_of_the_classes(prepare, tmp_path):
    root = write_stanford(tmp_path / "manual", num_photos=2)
    # Ten labels and eight: sky 2, tree 1, road 3, building 2, unknown 2.
    texts = ("0 0 1 -1 -1\n2 2 2 5 5\n", "6 6 6 6 6 6 6 6\n")
    for index, size in enumerate(((2, 5), (1, 8))):
        write_photo(root / f"images/{index:07d}.jpg", *size)
        (root / f"labels/{index:07d}.regions.txt").write_text(texts[index])

    status, out, err = prepare()

    assert status == 0, err
    lines = out.splitlines()
    folder = tmp_path / "data" / "stanford_background" / "1.0.0"
    assert lines[0] == f"stanford_background: 2 photos in {folder}"
    assert lines[1].startswith("11.1 % of the pixels unknown")  # 2 of 18
    fractions = {line[:-9].strip(): line.split()[-2] for line in lines[2:]}
    assert fractions["sky"] == "12.50"  # 2 of 16
    assert fractions["mountain"] == "50.00"  # 8 of 16
    assert fractions["water"] == "0.00"
    assert len(fractions) == 8


def test_one_line_for_a_fault_of_the_archive(prepare, tmp_path):
    root = write_stanford(tmp_path / "manual", num_photos=2)
    (root / "labels/0000001.regions.txt").unlink()

    status, out, err = prepare()

    assert (status, out) == (1, "")
    assert "Traceback" not in err
    assert "images/0000001.jpg has no labels" in err.splitlines()[-1]
