"""The command `rank`: its list, its report and its page."""

import json
import re

import numpy as np
import pytest

from keras_rcnn.labeling import UncertaintyEstimator, rank_photos
from keras_rcnn.models.saving import save_model
from tests.helpers.html_page import HtmlPage
from tests.helpers.run_command import error_line


@pytest.fixture
def rank(run_command, model_dir):
    """Function of the other arguments."""

    def run(*arguments, model=model_dir):
        return run_command(
            "rank",
            f"--model={model}",
            "--output_resolution=4",
            "--num_instances=2",
            *arguments,
        )

    return run


@pytest.fixture
def photos(write_picture, noise):
    """Photos of different sizes and contrasts, a copy among them."""
    pixels = {
        "a": noise,
        "b": noise // 4,
        "copy": noise,
        "d": noise[::-1, :20] // 2 + 100,
        "e": np.resize(noise[:2], (9, 40, 3)),
    }
    for name, each in pixels.items():
        write_picture(f"in/{name}.png", each)
    return pixels


def test_orders_photos_and_writes_a_list(
    rank, label, photos, labeler, broken_files, tmp_path
):
    (tmp_path / "in/cut.jpg").write_bytes(
        broken_files["truncated"].read_bytes()
    )
    list_file, report = tmp_path / "next.txt", tmp_path / "report.json"

    status, out, err = rank(
        tmp_path / "in", f"--list={list_file}", f"--report={report}"
    )

    assert status == 1
    assert "error: 1 of 6 photos could not be ranked:\n" in err
    assert f"{tmp_path}/in/cut.jpg is" in err
    unknown = [*map(UncertaintyEstimator(labeler), photos.values())]
    order = rank_photos(
        [each.score for each in unknown], [each.description for each in unknown]
    )
    names = [[*photos][number] for number in order]
    # What is known already comes last.
    assert names[-1] in ("a", "copy")
    assert out.endswith(
        f"{list_file}: the photos in this order, for --images\n"
    )
    assert list_file.read_text() == "".join(f"in/{n}.png\n" for n in names)
    assert re.findall(r"^\d\. .*/in/(\w+)\.png: unc", out, re.M) == names
    figures = json.loads(report.read_text())
    assert len(figures["failures"]) == 1
    for number, each in zip(order, figures["photos"], strict=True):
        assert each["uncertainty"] == pytest.approx(
            unknown[number].uncertainty.mean()
        )
        assert each["disagreement"] == pytest.approx(
            unknown[number].disagreement.mean()
        )

    lines = list_file.read_text().splitlines(keepends=True)
    list_file.write_text("".join(lines[:2]))
    status, out, err = label(f"--images={list_file}")
    assert status == 0, err
    found = re.findall(r"^\S*/in/(\w+)\.png ->", out, re.M)
    assert found == names[:2]


@pytest.mark.extras(name="reports")
def test_the_page_shows_the_first_photos(rank, photos, tmp_path, model):
    page_file = tmp_path / "new/rank.html"

    status, out, err = rank(
        tmp_path / "in",
        f"--output={page_file}",
        "--num_photos=3",
        "--num_pictures=2",
    )

    assert status == 0, err
    names = re.findall(r"^\d\. (\S+): ", out, re.M)
    assert len(names) == 3
    page = HtmlPage(page_file)
    assert [text for text in page.headings if "uncertainty" in text] == [
        line for line in out.splitlines() if line[:2] in ("1.", "2.")
    ]
    assert [alt for alt, _ in page.pictures] == [
        f"{what} of {name}"
        for name in names[:2]
        for what in ("photo", "labels", "uncertainty", "disagreement")
    ]
    assert {*model.class_names, "3 of 5", "0 %", "100 %"} <= {*page.texts}
    assert "The colors of the two maps, uncertainty and" in page.text
    # Labels of a model are never unknown.
    assert "unknown" not in page.texts


def test_what_cannot_be_ranked(rank, photos, write_picture, tmp_path, model):
    photo = tmp_path / "in/a.png"
    before = photo.read_bytes()
    line = error_line(rank(photo, f"--list={photo}"))
    assert line.startswith(f"{photo} is one of the photos")
    assert photo.read_bytes() == before
    assert error_line(rank()).startswith("There are no photos to rank")

    config = model.get_config() | {"class_names": ["grass", "sky", "road"]}
    save_model(type(model).from_config(config), tmp_path / "other.keras")
    save_model(model, tmp_path / "model.keras")
    both = f"{tmp_path}/model.keras,{tmp_path}/other.keras"
    line = error_line(rank(photo, model=both))
    assert "other.keras has the classes grass, sky, road, and" in line

    large = write_picture("large.png", np.zeros((200, 200, 3), np.uint8))
    outputs = [tmp_path / name for name in ("a.txt", "a.html", "a.json")]
    outputs[0].write_text("before")
    named = zip(("list", "output", "report"), outputs, strict=True)
    status, out, err = rank(
        large, "--memory_mb=1", *(f"--{flag}={file}" for flag, file in named)
    )
    assert (status, out) == (1, "")
    assert f"{large}, 200x200 pixels, is too large for --memory_mb" in err
    # Nothing was ranked, so nothing is written or replaced.
    assert outputs[0].read_text() == "before"
    assert not any(file.exists() for file in outputs[1:])
