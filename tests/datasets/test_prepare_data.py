import os
import pathlib
import subprocess
import sys

import pytest

from tests.helpers.made_up_archives import write_photo, write_stanford

ROOT = pathlib.Path(__file__).parents[2]


def run(manual_dir, data_dir, *others):
    return subprocess.run(
        [
            sys.executable,
            ROOT / "tools/prepare_data.py",
            "--dataset=stanford_background",
            f"--manual_dir={manual_dir}",
            f"--data_dir={data_dir}",
            *others,
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )


@pytest.mark.slow
def test_prepares_and_says_what_is_there(tmp_path):
    root = write_stanford(tmp_path, num_photos=2)
    # Ten labels and eight: sky 2, tree 1, road 3, building 2, unknown 2.
    texts = ("0 0 1 -1 -1\n2 2 2 5 5\n", "6 6 6 6 6 6 6 6\n")
    for index, size in enumerate(((2, 5), (1, 8))):
        write_labeled(root, f"{index:07d}", texts[index], size)

    process = run(tmp_path, tmp_path / "data")

    assert process.returncode == 0, process.stderr
    lines = process.stdout.splitlines()
    folder = tmp_path / "data" / "stanford_background" / "1.0.0"
    assert lines[0] == f"stanford_background: 2 photos in {folder}"
    assert lines[1].startswith("11.1 % of the pixels unknown")  # 2 of 18
    shares = {line[:-9].strip(): line.split()[-2] for line in lines[2:]}
    assert shares["sky"] == "12.50"  # 2 of 16
    assert shares["mountain"] == "50.00"  # 8 of 16
    assert shares["water"] == "0.00"
    assert len(shares) == 8
    assert "Generating" in process.stderr


@pytest.mark.slow
def test_one_line_for_what_can_be_mended(tmp_path):
    root = write_stanford(tmp_path / "manual", num_photos=2)
    (root / "labels/0000001.regions.txt").unlink()

    process = run(tmp_path / "manual", tmp_path / "data")

    assert process.returncode == 1
    assert process.stdout == ""
    assert "Traceback" not in process.stderr
    message = process.stderr.splitlines()[-1]
    assert "images/0000001.jpg has no labels" in message


def write_labeled(root, name, text, size):
    write_photo(root / "images" / f"{name}.jpg", *size)
    (root / "labels" / f"{name}.regions.txt").write_text(text)
