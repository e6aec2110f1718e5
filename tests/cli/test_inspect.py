"""The command `inspect`: its report and its page."""

import json

import numpy as np
import pytest

from keras_rcnn import SceneLabeler
from tests.helpers.html_page import HtmlPage
from tests.helpers.labeled_photos import folder, photos

__all__ = ["folder", "photos"]


@pytest.fixture
def inspect(run_command, model_dir, folder, tmp_path):
    """Function of the other arguments: the report and the page."""

    def run(*arguments, model=model_dir):
        status, out, err = run_command(
            "inspect",
            f"--model={model}",
            "--dataset=folder",
            f"--data_dir={folder}",
            "--split=all",
            f"--output={tmp_path}/errors.html",
            f"--report={tmp_path}/report.json",
            *arguments,
        )
        assert status == 0, err
        assert "pixel accuracy" in out
        report = json.loads((tmp_path / "report.json").read_text())
        return report, HtmlPage(tmp_path / "errors.html")

    return run


@pytest.mark.slow
def test_each_instance_is_scored(inspect, model, photos):
    report, _ = inspect("--output_resolution=8")

    assert set(report["by_num_instances"]) == {"1", "2", "3"}
    # Instances 1 and 2 compute one label for 2 and 4 pixels at most.
    for number, resolution in ((1, 2), (2, 4), (3, 8)):
        labeler = SceneLabeler(
            model, output_resolution=resolution, num_instances=number
        )
        right = known = 0
        for photo, truth in photos.values():
            known += np.count_nonzero(truth != 255)
            right += np.count_nonzero(labeler(photo) == truth)
        score = report["by_num_instances"][str(number)]
        assert score == pytest.approx(right / known)
    assert report["pixel_accuracy"] == report["by_num_instances"]["3"]


def test_fewer_photos_are_spread_over_all(inspect):
    report, _ = inspect(
        "--num_photos=2", "--output_resolution=4", "--num_instances=2"
    )

    assert report["num_images"] == 2
    # The first and the last, of which nothing is known.
    assert [each["name"] for each in report["worst_photos"]] == ["a"]


@pytest.mark.slow
def test_a_saved_model_alone_tells_its_confidence(
    inspect, labeler, saved_model, photos
):
    report, page = inspect(model=saved_model)

    confidence = [
        labeler.label_with_confidence(photo)[1][truth != 255]
        for photo, truth in photos.values()
    ]
    numbers, _ = np.histogram(np.concatenate(confidence), np.linspace(0, 1, 16))
    assert report["by_confidence"]["num_pixels"] == numbers.tolist()
    assert report["by_num_instances"] == {}
    assert "This model labels with one number of instances" in page.text
