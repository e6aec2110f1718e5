"""`keras-rcnn train --auto` and `--folds`, and the commands that follow."""

import json
import re

import numpy as np
import pytest

from keras_rcnn import load_labeler
from keras_rcnn.cli.training.folds import fold_numbers, summarize
from keras_rcnn.datasets.folder import load_folder
from keras_rcnn.datasets.scene_dataset import PhotoFile
from keras_rcnn.errors import InputError
from tests.helpers.run_command import error_line
from tests.helpers.scene_folder import add_photo, write_scenes

TINY = "--preset=plain", "--stages=6x4p2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_scenes(tmp_path_factory.mktemp("scenes"))


def arguments(folder, model_dir, *flags):
    return (
        "train",
        "--dataset=folder",
        f"--data_dir={folder}",
        f"--model_dir={model_dir}",
        "--steps_per_epoch=1",
        *flags,
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--dataset=synthetic", "--auto"), "--auto reads a folder of photos"),
        (
            ("--auto", "--preset=rcnn2", "--recipe=paper"),
            "--auto is for one machine and the",
        ),
        (("--folds=9",), "--folds=9 is too many for 8 labeled photos"),
        (("--dataset=synthetic", "--folds=2"), "--folds divides a folder"),
        (
            ("--folds=2", "--unlabeled=x", "--teacher=y"),
            "--folds does not go together with --unlabeled, --teacher: leave",
        ),
        (("--crop=3",), "--crop=3 is not a size"),
        (("--crop=30x32",), "--crop=30x32 is not possible: give multiples of"),
        (("--preset=rcnn2", "--batch_size=2"), "--crop= and --batch_size= are"),
        (
            ("--preset=rcnn2", "--recipe=paper", "--noflip"),
            "The recipe paper has patches as they are: choose --recipe=dense",
        ),
    ],
)
def test_what_cannot_be_is_one_line(
    run_command, folder, tmp_path, flags, message
):
    run = arguments(folder, tmp_path / "run", "--steps=1", *flags)
    status, _, errors = run_command(*run)
    assert status == 1
    assert errors.splitlines()[-1].startswith(f"error: {message}")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("given", ["2,1", "0,1", "1"])
def test_a_range_of_scales_has_two_ends(run_command, given):
    result = run_command(*arguments("x", "y", f"--scale_range={given}"))
    assert "smallest and the largest magnification" in error_line(result, 2)


@pytest.mark.slow
def test_a_plan_is_made_once_and_followed(run_command, folder, tmp_path):
    model_dir = tmp_path / "run"
    flags = "--auto", "--minutes=0.001", "--probe_steps=1", "--longest_side=96"
    run = arguments(folder, model_dir, *TINY, *flags)
    status, output, errors = run_command(*run)
    assert status == 0, errors
    assert "Plan for" in output
    assert re.search(r"longest_side +96 +given", output)
    assert "of 120x160 pixels, 100 % of the pixels labeled" in output
    plan = json.loads((model_dir / "plan.json").read_text())
    assert plan["fingerprint"]["num_photos"] == 8
    assert plan["seconds_per_step"] > 0
    settings = json.loads((model_dir / "settings.json").read_text())
    assert settings["longest_side"] == 96
    assert settings["recipe"]["flip"] is True

    # Another speed would give other settings; the run keeps its own.
    again = arguments(folder, model_dir, *TINY, "--minutes=0.001")
    status, output, errors = run_command(*again)
    assert status == 0, errors
    assert "has the settings of this run" in output
    assert "Plan for" not in output
    status, _, errors = run_command(*run, "--noflip")
    assert status == 1
    assert "recipe.flip=false was true" in errors

    # Other commands see the photos as the network did.
    data = "--dataset=folder", f"--data_dir={folder}"
    report = tmp_path / "report.json"
    status, _, errors = run_command(
        "evaluate", f"--model={model_dir}", *data, f"--report={report}"
    )
    assert status == 0, errors
    assert "scaled down to 96 pixels, as in training" in errors
    # Two photos of 72x96 pixels.
    assert json.loads(report.read_text())["num_pixels"] == 2 * 72 * 96
    status, _, errors = run_command(
        "export", f"--model_dir={model_dir}", f"--saved_model={tmp_path / 'm'}"
    )
    assert status == 0, errors
    photo = next((folder / "images").iterdir())
    label = "label", f"--output_dir={tmp_path / 'labeled'}", photo
    _, _, errors = run_command(*label, f"--model={tmp_path / 'm'}")
    assert "scaled down to 96 pixels, as in training" in errors
    _, _, errors = run_command(
        *label, f"--model={model_dir}", "--longest_side=80"
    )
    assert "as in training" not in errors
    plan["choices"]["longest_side"] = 64
    (tmp_path / "m" / "plan.json").write_text(json.dumps(plan))
    line = error_line(
        run_command(*label, f"--model={model_dir},{tmp_path / 'm'}")
    )
    assert "photos of different sizes, 96 (" in line


@pytest.mark.slow
def test_each_network_is_scored_on_its_fold(run_command, folder, tmp_path):
    model_dir = tmp_path / "run"
    run = arguments(folder, model_dir, *TINY, "--folds=2", "--minutes=0.002")
    status, output, errors = run_command(*run)
    assert status == 0, errors
    assert "0.002 minutes in all: 0.001 for each of 2 networks" in output
    found = json.loads((model_dir / "folds.json").read_text())
    photos = load_folder(folder, "train")
    by_name = {
        example["name"].decode(): example
        for example in photos.examples.as_numpy_iterator()
    }
    names = [name for fold in found["folds"] for name in fold["photos"]]
    assert sorted(names) == sorted(by_name)
    accuracies = []
    for number, fold in enumerate(found["folds"], 1):
        place = model_dir / f"fold_{number}"
        learned = json.loads((place / "settings.json").read_text())
        digests = {
            file.digest for file in photos.files if file.name in fold["photos"]
        }
        assert digests.isdisjoint(learned["data"]["photos"])
        label = load_labeler(place)
        right = [
            label(by_name[name]["image"]) == by_name[name]["label"]
            for name in fold["photos"]
        ]
        accuracies.append(np.mean(right))
        assert fold["pixel_accuracy"] == pytest.approx(np.mean(right))
    spread = abs(accuracies[0] - accuracies[1])
    assert found["mean"]["pixel_accuracy"] == pytest.approx(np.mean(accuracies))
    # Of two numbers: the difference over the root of 2, and half of it.
    assert found["standard_deviation"]["pixel_accuracy"] == pytest.approx(
        spread / 2**0.5
    )
    assert found["standard_error"]["pixel_accuracy"] == pytest.approx(
        spread / 2
    )

    # Again: nothing is trained, and the scores are the same.
    status, again, errors = run_command(*run)
    assert status == 0, errors
    assert "Going on after" in again
    assert json.loads((model_dir / "folds.json").read_text()) == found
    # Initial weights that have seen the photos of a fold.
    line = run_command(
        *arguments(folder, tmp_path / "other", *TINY, "--folds=2", "--steps=1"),
        f"--start_from={model_dir / 'fold_1'}",
    )[2]
    assert "was trained on 4 of the photos that it would be scored on" in line


def file(name, digest=None, is_labeled=True, group=None):
    return PhotoFile(name, digest or name, is_labeled, group or name)


def test_groups_and_copies_are_in_one_fold():
    files = [file(f"{g}{n}", group=g) for g in "abcdef" for n in range(3)]
    # Copies join the groups `a` and `c`, and a photo of its own and `f`.
    files += [file("a9", "c1", group="a"), file("copy", "f2")]
    files += [file("empty", is_labeled=False)]
    numbers = fold_numbers(files, 3)
    folds = {f.name: int(n) for f, n in zip(files, numbers, strict=True)}
    assert folds.pop("empty") == 0
    assert {*folds.values()} == {1, 2, 3}
    for group in "abcdef":
        assert len({n for name, n in folds.items() if name[0] == group}) == 1
    assert folds["a0"] == folds["c0"] == folds["a9"]
    assert folds["copy"] == folds["f0"]
    # Photos alone: folds differ by at most one, in any order of the files.
    single = [file(str(n)) for n in range(11)]
    numbers = fold_numbers(single, 4)
    assert sorted(np.bincount(numbers)) == [0, 2, 3, 3, 3]
    assert fold_numbers(single[::-1], 4).tolist() == numbers[::-1].tolist()
    with pytest.raises(InputError, match="folds=3 is too many for 2 labeled"):
        fold_numbers([file("a"), file("b"), file("c", "b")], 3)


def test_spread_of_scores_by_hand():
    parts = [
        {"pixel_accuracy": p, "class_accuracy": 0.5, "mean_iou": p / 2}
        for p in (0.6, 0.7, 0.8)
    ]
    found = summarize(parts)
    assert found["mean"]["pixel_accuracy"] == pytest.approx(0.7)
    # The root of (0.01 + 0 + 0.01) / 2.
    assert found["standard_deviation"]["pixel_accuracy"] == pytest.approx(0.1)
    assert found["standard_deviation"]["class_accuracy"] == 0
    assert found["standard_error"]["mean_iou"] == pytest.approx(0.05 / 3**0.5)


def test_photos_of_a_video_are_in_one_fold(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("a_1", "a_2", "b_1", "b_2", "c_1", "c_2", "d_1", "d_2"):
        image = rng.integers(0, 256, (4, 4, 3), np.uint8)
        add_photo(tmp_path, name, image, np.eye(4, dtype=np.uint8))
    (tmp_path / "classes.txt").write_text("sky\nroad\n")
    photos = load_folder(tmp_path, "all", group_by="prefix")
    numbers = fold_numbers(photos.files, 4)
    assert numbers[::2].tolist() == numbers[1::2].tolist()
    assert {*numbers} == {1, 2, 3, 4}
