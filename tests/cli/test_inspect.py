"""The command `inspect`: its report and its page."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import SceneLabeler
from keras_rcnn.export import export_saved_model
from tests.helpers.html_page import HtmlPage
from tests.helpers.labeled_photos import photos

__all__ = ["photos"]

CHOICES = ("--output_resolution=4", "--num_instances=2")


@pytest.fixture
def folder(tmp_path, write_picture, photos, model):
    """They as a data set."""
    for name, (photo, mask) in photos.items():
        write_picture(f"own/images/{name}.png", photo)
        write_picture(f"own/masks/{name}.png", mask)
    (tmp_path / "own/classes.txt").write_text("sky\ngrass\nroad\n")
    return tmp_path / "own"


@pytest.fixture
def inspect(run_command, model_dir, folder, tmp_path):
    """Function of the other arguments: the report and the page."""

    def run(*arguments, model=model_dir, choices=CHOICES):
        status, out, err = run_command(
            "inspect",
            f"--model={model}",
            "--dataset=folder",
            f"--data_dir={folder}",
            "--split=all",
            f"--output={tmp_path}/errors.html",
            f"--report={tmp_path}/report.json",
            *choices,
            *arguments,
        )
        assert status == 0, err
        assert "pixel accuracy" in out
        report = json.loads((tmp_path / "report.json").read_text())
        return report, HtmlPage(tmp_path / "errors.html")

    return run


def labeled(model, photo, num_instances=2, output_resolution=4):
    labeler = SceneLabeler(
        model,
        output_resolution=output_resolution,
        num_instances=num_instances,
    )
    labels, probabilities = labeler(photo[None], return_probabilities=True)
    return labels[0], probabilities[0]


@pytest.mark.slow
def test_each_instance_is_scored(inspect, model, photos):
    report, _ = inspect(choices=("--output_resolution=8",))

    assert set(report["by_num_instances"]) == {"1", "2", "3"}
    # rCNN2's instances 1 and 2 compute one label for 2 and 4 pixels at most.
    for number, resolution in ((1, 2), (2, 4), (3, 8)):
        right = known = 0
        for photo, truth in photos.values():
            labels, _ = labeled(model, photo, number, resolution)
            known += np.count_nonzero(truth != 255)
            right += np.count_nonzero(labels == truth)
        score = report["by_num_instances"][str(number)]
        assert score == pytest.approx(right / known)
    assert report["pixel_accuracy"] == report["by_num_instances"]["3"]


def test_fewer_photos_are_spread_over_all(inspect):
    report, _ = inspect("--num_photos=2")

    assert report["num_images"] == 2
    # The first and the last, of which nothing is known.
    assert [each["name"] for each in report["worst_photos"]] == ["a"]


@pytest.mark.slow
def test_a_saved_model_alone_tells_its_confidence(
    inspect, model, tmp_path, photos
):
    labeler = SceneLabeler(model, output_resolution=4, num_instances=2)
    saved = export_saved_model(labeler, tmp_path / "saved")
    (saved / "model.keras").unlink()

    report, page = inspect(model=saved, choices=())

    confidence = [
        labeled(model, photo)[1].max(axis=-1)[truth != 255]
        for photo, truth in photos.values()
    ]
    numbers, _ = np.histogram(np.concatenate(confidence), np.linspace(0, 1, 16))
    assert report["by_confidence"]["num_pixels"] == numbers.tolist()
    assert report["by_num_instances"] == {}
    assert "This model labels with one number of instances" in page.text


def test_nothing_is_written_without_scores(
    run_command, model_dir, folder, photos, tmp_path
):
    for name, (_, mask) in photos.items():
        unknown = Image.fromarray(np.full_like(mask, 255))
        unknown.save(folder / f"masks/{name}.png")

    status, out, err = run_command(
        "inspect",
        f"--model={model_dir}",
        "--dataset=folder",
        f"--data_dir={folder}",
        f"--output={tmp_path}/errors.html",
        *CHOICES,
    )

    assert (status, out) == (1, "")
    assert "error: No pixel of the 1 photos has a known class" in err
    assert not (tmp_path / "errors.html").exists()
