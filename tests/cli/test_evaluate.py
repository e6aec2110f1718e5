"""The command `evaluate`: its report, its table and its pictures."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import SceneLabeler
from keras_rcnn.reports import scored_photo

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


@pytest.fixture
def labels_of(model):
    """What the programs here have to agree with."""
    labeler = SceneLabeler(
        model, output_resolution=4, num_instances=2, smoothing=3
    )
    return lambda photo: labeler(photo[None])[0]


@pytest.fixture
def photos(noise):
    """Three photos of different sizes; no true pixel is road, class 2."""
    rng = np.random.default_rng(1)
    photos = {}
    for name, photo in (
        ("a", noise),
        ("b.1", noise[:9, :14]),
        ("below/c", noise[::-1, :5]),
    ):
        mask = rng.choice(np.array([0, 1, 255], np.uint8), photo.shape[:2])
        photos[name] = photo, mask
    return photos


@pytest.fixture
def folder(tmp_path, write_picture, photos, model):
    """They as a data set."""
    for name, (photo, mask) in photos.items():
        write_picture(f"own/images/{name}.png", photo)
        write_picture(f"own/masks/{name}.png", mask)
    classes = (
        f"{name} #{bytes(color).hex()}\n"
        for name, color in zip(model.class_names, model.palette, strict=True)
    )
    (tmp_path / "own/classes.txt").write_text("".join(classes))
    return tmp_path / "own"


@pytest.fixture
def evaluate(run_command, model_dir, folder):
    """Function of the other arguments."""

    def run(*arguments, model=model_dir):
        return run_command(
            "evaluate",
            f"--model={model}",
            "--dataset=folder",
            f"--data_dir={folder}",
            "--split=all",
            "--output_resolution=4",
            "--num_instances=2",
            "--smoothing=3",
            *arguments,
        )

    return run


def test_the_report_and_the_table_have_the_scores(
    evaluate, photos, labels_of, tmp_path
):
    # What counts all pixels once more is in tests/evaluation.
    status, out, err = evaluate(f"--report={tmp_path}/new/report.json")

    assert status == 0, err
    report = json.loads((tmp_path / "new/report.json").read_text())
    assert set(report) == REPORT_KEYS
    labels = np.concatenate([labels_of(p).ravel() for p, _ in photos.values()])
    truth = np.concatenate([mask.ravel() for _, mask in photos.values()])
    right = (labels == truth)[truth != 255]
    assert report["num_images"] == 3
    assert report["num_pixels"] == len(right)
    assert report["pixel_accuracy"] == pytest.approx(np.mean(right))
    choices = [report[n] for n in ("num_instances", "output_resolution")]
    assert choices == [2, 4]
    assert report["smoothing"] == 3
    assert report["seconds_per_image"] > 0
    lines = dict(line.rsplit(maxsplit=2)[:2] for line in out.splitlines()[1:])
    lines = {name.strip(): value for name, value in lines.items()}
    assert out.startswith(f"3 photos, {len(right)} labeled pixels, ")
    # No true pixel is road.
    assert lines.pop("road") == "-"
    assert lines == {
        "pixel accuracy": f"{100 * report['pixel_accuracy']:.1f}",
        "std error": f"{100 * report['pixel_accuracy_standard_error']:.1f}",
        "class accuracy": f"{100 * report['class_accuracy']:.1f}",
        "mean IoU": f"{100 * report['mean_iou']:.1f}",
        "sky": f"{100 * report['per_class']['sky']:.1f}",
        "grass": f"{100 * report['per_class']['grass']:.1f}",
    }
    assert "3/3" in err


def test_pictures_are_spread_over_the_photos(
    evaluate, photos, labels_of, model, tmp_path
):
    status, _, err = evaluate(
        f"--pictures_dir={tmp_path}/pictures", "--num_pictures=2"
    )

    assert status == 0, err
    files = {
        path.relative_to(tmp_path / "pictures").as_posix()
        for path in (tmp_path / "pictures").rglob("*")
        if path.is_file()
    }
    # The first and the last of three.
    assert files == {
        "confusion_matrix.png",
        "photos/a.png",
        "photos/below/c.png",
    }
    photo, mask = photos["a"]
    with Image.open(tmp_path / "pictures/photos/a.png") as image:
        picture = np.asarray(image)
    np.testing.assert_array_equal(
        picture,
        scored_photo(
            photo, mask, labels_of(photo), model.class_names, model.palette
        ),
    )


def test_agreement_with_another_model(
    evaluate, model, photos, labels_of, tmp_path
):
    other = type(model).from_config(model.get_config())
    rng = np.random.default_rng(5)
    other.set_weights(
        [each + rng.normal(0, 0.03, each.shape) for each in model.get_weights()]
    )
    other.save(tmp_path / "other.keras")
    labeler = SceneLabeler(
        other, output_resolution=4, num_instances=2, smoothing=3
    )
    same = [
        labels_of(photo) == labeler(photo[None])[0]
        for photo, _ in photos.values()
    ]
    expected = np.mean(np.concatenate([each.reshape(-1) for each in same]))
    assert 0 < expected < 1

    status, out, err = evaluate(
        f"--reference={tmp_path}/other.keras",
        f"--report={tmp_path}/report.json",
    )

    assert status == 0, err
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["agreement_with_reference"] == pytest.approx(expected)
    assert f"like reference {100 * expected:6.1f} %" in out


def test_writes_nothing_that_was_not_asked_for(evaluate, tmp_path, folder):
    before = sorted(tmp_path.rglob("*"))

    status, out, err = evaluate()

    assert status == 0, err
    assert "pixel accuracy" in out
    assert sorted(tmp_path.rglob("*")) == before


def test_names_the_classes_that_differ(
    run_command, evaluate, model_dir, folder
):
    status, _, err = run_command(
        "evaluate", f"--model={model_dir}", "--dataset=synthetic"
    )
    assert status == 1
    assert "sky, mountain, tree, road, water, building" in err
    assert "sky, grass, road" in err

    # Classes in another order are other classes.
    (folder / "classes.txt").write_text("grass\nsky\nroad\n")
    status, out, err = evaluate()
    assert (status, out) == (1, "")
    assert "--dataset=folder has the classes grass, sky, road" in err
    assert "has sky, grass, road" in err


def test_refuses_photos_of_which_nothing_is_known(
    evaluate, photos, write_picture, tmp_path
):
    for name, (_, mask) in photos.items():
        write_picture(f"own/masks/{name}.png", np.full_like(mask, 255))

    status, out, err = evaluate(f"--report={tmp_path / 'report.json'}")

    assert (status, out) == (1, "")
    assert "error: No pixel of the 3 photos has a known class" in err
    assert not (tmp_path / "report.json").exists()


def test_scales_photos_and_masks_of_a_folder(evaluate, tmp_path, photos):
    report = tmp_path / "report.json"

    status, _, err = evaluate("--longest_side=7", f"--report={report}")

    assert status == 0, err
    # 24x36 to 5x7, 9x14 to 4x7 (4.5 is even to 4), 24x5 to 7x1.
    sizes = {"a": (5, 7), "b.1": (4, 7), "below/c": (7, 1)}
    known = 0
    for name, (height, width) in sizes.items():
        mask = Image.fromarray(photos[name][1])
        small = mask.resize((width, height), Image.Resampling.NEAREST)
        known += np.count_nonzero(np.asarray(small) != 255)
    assert json.loads(report.read_text())["num_pixels"] == known


def test_shows_the_scores_before_a_report_that_cannot_be_written(
    evaluate, tmp_path
):
    (tmp_path / ".report.json.part").symlink_to("/dev/full")

    status, out, err = evaluate(f"--report={tmp_path}/report.json")

    assert status == 1
    assert "pixel accuracy" in out
    assert "report.json cannot be written (No space left on device)" in err
