"""The comparison of `--auto` with plans made by hand."""

import json

import numpy as np
import pytest

from experiments import auto, auto_sets
from keras_rcnn.datasets import synthetic
from tests.helpers import run_command as commands


@pytest.fixture(autouse=True)
def few_scenes(monkeypatch):
    monkeypatch.setattr(auto_sets, "_SCENES", 3)
    monkeypatch.setattr(auto_sets, "_TESTED", 2)


def test_scenes_of_other_sizes_show_the_same():
    image, label = synthetic.draw_scene(np.random.default_rng((3, 4)))
    same = auto_sets.magnified(1, (3, 4))
    assert np.array_equal(same[0], image)
    assert np.array_equal(same[1], label)
    large, large_label = auto_sets.magnified(4, (3, 4))
    assert large.shape == (480, 640, 3)
    # The middle of each pixel that has become 4x4, but near borders.
    assert np.mean(large_label[2::4, 2::4] == label) > 0.98
    both, _ = auto_sets.mosaic(2, (3,))
    assert both.shape == (240, 320, 3)
    corner, _ = synthetic.draw_scene(np.random.default_rng((3, 1, 0)))
    assert np.array_equal(both[120:, :160], corner)


def test_training_and_test_scenes_differ_and_scale():
    training, test = auto_sets.load_set("scenes_1", None, 0)
    photos = [image for image, _ in auto_sets.photos_of(training)]
    tested = [image for image, _ in auto_sets.photos_of(test)]
    assert not any(np.array_equal(a, b) for a in photos for b in tested)
    image, label = next(auto_sets.photos_of(auto_sets.scaled(test, 80)))
    assert image.shape == (60, 80, 3)
    assert label.shape == (60, 80)


def test_plans_by_hand_fit_their_photos():
    sides = [each.longest_side for each in auto.plans_by_hand("x_4").values()]
    assert sides == [80, 160, 320, 640]
    plans = auto.plans_by_hand("stanford_20")
    assert len(plans) == 6
    for choices in [*plans.values(), *auto.plans_by_hand("scenes_2").values()]:
        height, width = choices.crop
        assert width <= choices.longest_side
        assert height % 4 == width % 4 == 0
        assert choices.recipe().phases[0].batch_size == choices.batch_size


def test_what_was_scored_is_not_trained_again(tmp_path, capfd):
    scores = {
        "pixel_accuracy": 0.5,
        "class_accuracy": 0.4,
        "mean_iou": 0.3,
        "steps": 7,
    }
    for plan, pixels in (("side_80", 0.5), ("side_160", 0.7)):
        folder = tmp_path / "scenes_1_fold_0_2" / plan
        folder.mkdir(parents=True)
        result = json.dumps(scores | {"pixel_accuracy": pixels})
        (folder / "result.json").write_text(result)
    report = tmp_path / "report.json"
    status, output, errors = commands.run_command(
        capfd,
        auto,
        "--photos=scenes_1",
        "--minutes=2",
        f"--output_dir={tmp_path}",
        "--plans=side_80,side_160",
        f"--report={report}",
    )
    assert status == 0, errors
    assert "side_160     70.0 / 40.0 / 30.0 %, 7 steps" in output
    assert json.loads(report.read_text())["plans"]["side_80"] == scores


def test_points_from_the_best_plan(capfd):
    results = {
        name: {"pixel_accuracy": value}
        for name, value in (("auto", 0.79), ("one", 0.8), ("other", 0.7))
    }
    found = auto.compared(results)
    assert found["best_by_hand"] == "one"
    assert found["points_of_auto_from_best"] == pytest.approx(-1)
    assert "auto is -1.0 points of the pixels from one" in capfd.readouterr()[0]
    assert auto.compared({"one": results["one"]}) == {}
