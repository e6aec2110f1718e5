"""tools/inspect_errors.py against counts made here, pixel by pixel."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import SceneLabeler
from keras_rcnn.evaluation.error_counts import ErrorCounts
from keras_rcnn.export import export_saved_model
from keras_rcnn.reports.confused_examples import (
    ConfusedExamples,
    largest_region,
)
from tests.helpers.html_page import HtmlPage

NASTY = 'b <&"'
CHOICES = ("--output_resolution=4", "--num_instances=2")
EDGES = (1, 2, 3, 5, 9, 17, 33, 65)


@pytest.fixture
def photos(noise):
    """Three photos of different sizes; no true pixel is road, class 2."""
    rng = np.random.default_rng(1)
    photos = {}
    for name, photo in (
        ("a", noise),
        (NASTY, noise[:9, :14]),
        ("below/c", noise[::-1, :5]),
        ("unknown", noise[:6, :6]),
    ):
        # Squares, so that some pixels are far from any other class.
        coarse = rng.choice(np.array([0, 1, 255], np.uint8), (6, 9))
        mask = np.kron(coarse, np.ones((4, 4), np.uint8))
        photos[name] = photo, mask[: photo.shape[0], : photo.shape[1]]
    photos["unknown"] = noise[:6, :6], np.full((6, 6), 255, np.uint8)
    return photos


@pytest.fixture
def folder(tmp_path, write_picture, photos, model):
    """They as a data set."""
    for name, (photo, mask) in photos.items():
        write_picture(f"own/images/{name}.png", photo)
        write_picture(f"own/masks/{name}.png", mask)
    (tmp_path / "own/classes.txt").write_text("sky\ngrass\nroad\n")
    return tmp_path / "own"


@pytest.fixture
def inspect(run_program, model_dir, folder, tmp_path):
    """Function of the other arguments: the report and the page."""

    def run(*arguments, model=model_dir, choices=CHOICES):
        status, out, err = run_program(
            "inspect_errors",
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


def pixels_of(photos, model):
    """Truth, label, confidence and both distances of every known pixel."""
    for photo, truth in photos.values():
        labels, probabilities = labeled(model, photo)
        height, width = truth.shape
        known = np.argwhere(truth != 255)
        for row, column in known:
            others = [
                np.hypot(row - r, column - c)
                for r, c in known
                if truth[r, c] != truth[row, column]
            ]
            yield (
                truth[row, column],
                labels[row, column],
                probabilities[row, column].max(),
                min(others, default=np.inf),
                1 + min(row, column, height - 1 - row, width - 1 - column),
            )


def accuracy_by(bins, right, count):
    """Pixels and accuracy of each bin, counted one by one."""
    numbers, parts = [], []
    for index in range(count):
        members = [r for b, r in zip(bins, right, strict=True) if b == index]
        numbers.append(len(members))
        parts.append(sum(members) / len(members) if members else None)
    return numbers, parts


def test_figures_are_those_of_a_plain_count(inspect, model, photos):
    report, page = inspect()

    truth, labels, confidence, *distances = zip(
        *pixels_of(photos, model), strict=True
    )
    right = [t == p for t, p in zip(truth, labels, strict=True)]
    counts = [[0] * 3 for _ in range(3)]
    for t, p in zip(truth, labels, strict=True):
        counts[t][p] += 1
    assert report["confusion_matrix"] == counts
    assert 0 < sum(right) < len(right)
    assert report["num_pixels"] == len(right)
    assert report["num_images"] == 4
    assert report["pixel_accuracy"] == pytest.approx(np.mean(right))
    union = sum(counts[0]) + counts[1][0]
    assert report["per_class"]["sky"] == {
        "accuracy": pytest.approx(counts[0][0] / sum(counts[0])),
        "iou": pytest.approx(counts[0][0] / union),
    }
    assert report["per_class"]["road"]["accuracy"] is None
    for name, values in zip(report["by_distance_to"], distances, strict=True):
        bins = [max(i for i, e in enumerate(EDGES) if v >= e) for v in values]
        numbers, parts = accuracy_by(bins, right, 8)
        found = report["by_distance_to"][name]
        assert found["num_pixels"] == numbers
        assert found["pixel_accuracy"] == pytest.approx(parts)
        assert sum(number > 0 for number in numbers) > 2
    bins = [min(14, int(15 * float(c))) for c in confidence]
    numbers, parts = accuracy_by(bins, right, 15)
    assert report["by_confidence"]["num_pixels"] == numbers
    error = sum(
        abs(
            sum(
                r - float(c)
                for b, r, c in zip(bins, right, confidence, strict=True)
                if b == index
            )
        )
        for index in range(15)
    )
    assert report["expected_calibration_error"] == pytest.approx(
        error / len(right), rel=1e-4
    )
    ece = f"{100 * error / len(right):.1f} %"
    assert f"Expected calibration error: {ece}" in page.text
    assert f"{100 * np.mean(right):.1f} %" in page.texts


def test_the_page_shows_them(inspect, photos, model):
    report, page = inspect("--num_pairs=3", "--num_worst=2")

    accuracy = {}
    for name, (photo, truth) in photos.items():
        known = truth != 255
        labels, _ = labeled(model, photo)
        if known.any():
            accuracy[name] = np.mean((labels == truth)[known])
    worst = sorted(accuracy, key=accuracy.get)[:2]
    assert [each["name"] for each in report["worst_photos"]] == worst
    headings = [f"{name}: {100 * accuracy[name]:.1f} % right" for name in worst]
    assert set(headings) < set(page.headings)
    counts = np.array(report["confusion_matrix"])
    np.fill_diagonal(counts, 0)
    true, given = np.unravel_index(counts.argmax(), counts.shape)
    pair = f"{model.class_names[true]} taken for {model.class_names[given]}"
    assert pair in page.headings
    assert len([h for h in page.headings if " taken for " in h]) <= 3
    photo, truth = photos[worst[0]]
    np.testing.assert_array_equal(
        page.picture(f"{worst[0]}, errors")[..., 0] == 205,
        (truth != 255) & (labeled(model, photo)[0] != truth),
    )
    shown = page.picture(f"{worst[0]}, photo")
    assert shown.shape == photo.shape
    alts = [alt for alt, _ in page.pictures]
    assert any(alt.startswith("Reliability diagram") for alt in alts)
    assert any(alt.startswith("Accuracy by distance") for alt in alts)
    assert any(alt.endswith(f": {pair}") for alt in alts)


def test_names_may_hold_anything(inspect, photos):
    _, page = inspect("--num_worst=4")

    assert f"{NASTY}, photo" in [alt for alt, _ in page.pictures]
    assert any(text.startswith(f"{NASTY}: ") for text in page.texts)


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

    confidence = [p[2] for p in pixels_of(photos, model)]
    numbers = np.histogram(confidence, np.linspace(0, 1, 16))[0]
    assert report["by_confidence"]["num_pixels"] == numbers.tolist()
    assert report["by_num_instances"] == {}
    assert "This model labels with one number of instances" in page.text


def test_nothing_is_shown_where_nothing_is_asked_for(inspect):
    _, page = inspect("--num_worst=0", "--num_pairs=0", "--num_examples=0")

    assert not [h for h in page.headings if " taken for " in h]
    assert len(page.pictures) == 3


def test_examples_are_the_largest_regions():
    examples = ConfusedExamples(num_examples=2)
    image = np.zeros((30, 30, 3), np.uint8)
    for name, side in (("small", 2), ("large", 9), ("middle", 5)):
        truth = np.zeros((30, 30), np.uint8)
        labels = truth.copy()
        labels[3 : 3 + side, 4 : 4 + side] = 1
        # More pixels, which do not hang together.
        labels[20::2, 20::2] = 1
        examples.add(name, image, truth, labels)

    found = examples.largest(0, 1)
    assert [each[:2] for each in found] == [(81, "large"), (25, "middle")]
    assert examples.largest(1, 0) == []


def test_the_largest_region_equals_a_flood():
    mask = np.random.default_rng(3).random((14, 17)) < 0.55
    rest = {tuple(place) for place in np.argwhere(mask)}
    largest = set()
    while rest:
        part, border = set(), [rest.pop()]
        while border:
            row, column = border.pop()
            part.add((row, column))
            for near in (
                (row + 1, column),
                (row - 1, column),
                (row, column + 1),
                (row, column - 1),
            ):
                if near in rest:
                    rest.remove(near)
                    border.append(near)
        largest = max(largest, part, key=len)

    found = {tuple(place) for place in np.argwhere(largest_region(mask))}
    assert found == largest


def test_of_photos_that_are_as_bad_the_first_are_kept():
    counts = ErrorCounts(2, num_worst=2, num_examples=0)
    truth = np.zeros((2, 4), np.uint8)
    for name, wrong in (("a", 1), ("b", 3), ("c", 3), ("d", 3), ("e", 2)):
        labels = truth.copy()
        labels[0, :wrong] = 1
        example = {
            "name": name.encode(),
            "image": np.zeros((2, 4, 3), np.uint8),
            "label": truth,
        }
        counts.add(example, labels)

    assert [photo.name for photo in counts.worst_photos] == ["b", "c"]


@pytest.mark.slow
def test_in_a_process_of_its_own(start_program, model_dir, folder, tmp_path):
    status, out, err = start_program(
        "inspect_errors",
        f"--model={model_dir}",
        "--dataset=folder",
        "--data_dir=own",
        "--split=all",
        "--output=new/errors.html",
        "--output_resolution=8",
    )

    assert status == 0, err
    assert out.splitlines()[-1] == "new/errors.html: look at it in a browser"
    assert "4/4" in err
    page = HtmlPage(tmp_path / "new/errors.html")
    assert page.headings[0] == "Errors on own"


@pytest.fixture
def refused(run_program, model_dir, folder, tmp_path):
    """Function of other arguments: status and stderr; nothing is written."""

    def run(*arguments):
        status, out, err = run_program(
            "inspect_errors",
            f"--model={model_dir}",
            "--dataset=folder",
            f"--data_dir={folder}",
            f"--output={tmp_path}/errors.html",
            *CHOICES,
            *arguments,
        )
        assert out == ""
        assert not (tmp_path / "errors.html").exists()
        return status, err

    return run


def test_refuses_photos_of_which_nothing_is_known(refused, folder, photos):
    for name, (_, mask) in photos.items():
        unknown = Image.fromarray(np.full_like(mask, 255))
        unknown.save(folder / f"masks/{name}.png")

    status, err = refused()

    assert status == 1
    assert "error: No pixel of the 1 photos has a known class" in err


def test_refuses_other_classes(refused, folder):
    (folder / "classes.txt").write_text("grass\nsky\nroad\n")
    status, err = refused()
    assert status == 1
    assert "has the classes grass, sky, road" in err


@pytest.mark.parametrize(
    "flag", ["--split=half", "--num_photos=0", "--num_worst=-1", "photo.jpg"]
)
def test_wrong_usage(refused, flag):
    assert refused(flag)[0] == 2
