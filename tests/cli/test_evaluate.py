"""The command `evaluate`: its report, its table and its pictures."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import SceneLabeler
from keras_rcnn.reports import scored_photo
from tests.helpers.labeled_photos import folder, photos
from tests.helpers.run_command import error_line

__all__ = ["folder", "photos"]

REPORT_KEYS = {
    "pixel_accuracy",
    "pixel_accuracy_standard_error",
    "class_accuracy",
    "mean_iou",
    "per_class",
    "confusion_matrix",
    "agreement_with_reference",
    "num_images",
    "num_pixels",
    "seconds_per_image",
    "num_instances",
    "output_resolution",
    "smoothing",
}
CHOICES = {"output_resolution": 4, "num_instances": 2, "smoothing": 3}


@pytest.fixture
def labels_of(model):
    """What the programs here have to agree with."""
    return SceneLabeler(model, **CHOICES)


@pytest.fixture
def evaluate(run_command, model_dir, folder):
    """Function of the other arguments."""

    def run(*arguments, model=model_dir, choices=CHOICES):
        return run_command(
            "evaluate",
            f"--model={model}",
            "--dataset=folder",
            f"--data_dir={folder}",
            "--split=all",
            *(f"--{name}={value}" for name, value in choices.items()),
            *arguments,
        )

    return run


@pytest.fixture
def other(model):
    """A network with slightly different weights."""
    other = type(model).from_config(model.get_config())
    rng = np.random.default_rng(5)
    other.set_weights(
        [each + rng.normal(0, 0.03, each.shape) for each in model.get_weights()]
    )
    return other


def test_the_report_and_the_table_have_the_scores(
    evaluate, photos, labels_of, other, tmp_path
):
    other.save(tmp_path / "other.keras")

    status, out, err = evaluate(
        f"--reference={tmp_path}/other.keras",
        f"--report={tmp_path}/new/report.json",
    )

    assert status == 0, err
    report = json.loads((tmp_path / "new/report.json").read_text())
    assert set(report) == REPORT_KEYS
    # What counts all pixels once more is in tests/evaluation.
    labels, theirs, truth = (
        np.concatenate([each.ravel() for each in maps])
        for maps in (
            [labels_of(photo) for photo, _ in photos.values()],
            [
                SceneLabeler(other, **CHOICES)(photo)
                for photo, _ in photos.values()
            ],
            [mask for _, mask in photos.values()],
        )
    )
    right = (labels == truth)[truth != 255]
    assert report["num_images"] == 4
    assert report["num_pixels"] == len(right)
    assert report["pixel_accuracy"] == pytest.approx(np.mean(right))
    assert {name: report[name] for name in CHOICES} == CHOICES
    assert report["seconds_per_image"] > 0
    agreement = report["agreement_with_reference"]
    assert 0 < agreement < 1
    assert agreement == pytest.approx(np.mean(labels == theirs))
    lines = dict(line.rsplit(maxsplit=2)[:2] for line in out.splitlines()[1:])
    lines = {name.strip(): value for name, value in lines.items()}
    assert out.startswith(f"4 photos, {len(right)} labeled pixels, ")
    # No true pixel is road.
    assert lines.pop("road") == "-"
    assert lines == {
        "pixel accuracy": f"{100 * report['pixel_accuracy']:.1f}",
        "std error": f"{100 * report['pixel_accuracy_standard_error']:.1f}",
        "class accuracy": f"{100 * report['class_accuracy']:.1f}",
        "mean IoU": f"{100 * report['mean_iou']:.1f}",
        "like reference": f"{100 * agreement:.1f}",
        "sky": f"{100 * report['per_class']['sky']:.1f}",
        "grass": f"{100 * report['per_class']['grass']:.1f}",
    }
    assert "4/4" in err


def test_pictures_are_spread_over_the_photos(
    evaluate, photos, labels_of, model, tmp_path
):
    pictures = tmp_path / "pictures"
    status, _, err = evaluate(f"--pictures_dir={pictures}", "--num_pictures=2")

    assert status == 0, err
    files = {
        path.relative_to(pictures).as_posix()
        for path in pictures.rglob("*")
        if path.is_file()
    }
    # The first and the last.
    assert files == {
        "confusion_matrix.png",
        "photos/a.png",
        "photos/unknown.png",
    }
    photo, mask = photos["a"]
    with Image.open(pictures / "photos/a.png") as image:
        np.testing.assert_array_equal(
            np.asarray(image),
            scored_photo(
                photo, mask, labels_of(photo), model.class_names, model.palette
            ),
        )


def test_writes_nothing_that_was_not_asked_for(evaluate, tmp_path, folder):
    before = sorted(tmp_path.rglob("*"))

    status, out, err = evaluate()

    assert status == 0, err
    assert "pixel accuracy" in out
    assert sorted(tmp_path.rglob("*")) == before


def test_a_saved_model_is_averaged_over_mirror_images(evaluate, saved_model):
    scores = []
    for model in (
        {"choices": CHOICES | {"smoothing": 1}},
        {"model": saved_model, "choices": {}},
    ):
        status, out, err = evaluate("--flip", **model)
        assert status == 0, err
        scores.append(out.splitlines()[1:])
    assert scores[0] == scores[1]


def test_names_the_classes_that_differ(evaluate, folder):
    # Classes in another order are other classes.
    (folder / "classes.txt").write_text("grass\nsky\nroad\n")
    line = error_line(evaluate())
    assert "--dataset=folder has the classes grass, sky, road" in line
    assert "has sky, grass, road" in line


@pytest.mark.parametrize(
    ("command", "output"), [("evaluate", "report"), ("inspect", "output")]
)
def test_refuses_photos_of_which_nothing_is_known(
    run_command, model_dir, folder, tmp_path, command, output
):
    for path in folder.glob("masks/**/*.png"):
        path.write_bytes((folder / "masks/unknown.png").read_bytes())
    for path in folder.glob("images/**/*.png"):
        path.write_bytes((folder / "images/unknown.png").read_bytes())

    status, out, err = run_command(
        command,
        f"--model={model_dir}",
        "--dataset=folder",
        f"--data_dir={folder}",
        "--split=all",
        f"--{output}={tmp_path}/new",
        "--output_resolution=4",
    )

    assert (status, out) == (1, "")
    assert "error: No pixel of the 4 photos has a known class" in err
    assert not (tmp_path / "new").exists()


def test_scales_photos_and_masks_of_a_folder(evaluate, tmp_path, photos):
    report = tmp_path / "report.json"

    status, _, err = evaluate("--longest_side=7", f"--report={report}")

    assert status == 0, err
    # 24x36 to 5x7, 9x14 to 4x7 (4.5 is even to 4), 24x5 to 7x1.
    known = 0
    for (_, mask), (height, width) in zip(
        photos.values(), ((5, 7), (4, 7), (7, 1), (6, 6)), strict=True
    ):
        small = Image.fromarray(mask).resize(
            (width, height), Image.Resampling.NEAREST
        )
        known += np.count_nonzero(np.asarray(small) != 255)
    assert json.loads(report.read_text())["num_pixels"] == known


def test_shows_the_scores_before_a_report_that_cannot_be_written(
    evaluate, tmp_path
):
    (tmp_path / "report.json").symlink_to("/dev/full")

    status, out, err = evaluate(f"--report={tmp_path}/report.json")

    assert status == 1
    assert "pixel accuracy" in out
    assert "report.json cannot be written (No space left on device)" in err
