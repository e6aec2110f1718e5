"""The errors of a labeler against counts made here, pixel by pixel."""

import json

import numpy as np
import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.evaluation import ErrorCounts, count_errors

EDGES = (1, 2, 3, 5, 9, 17, 33, 65)


def pixels_of(photos, labeler):
    """Truth, label, confidence and both distances of every known pixel."""
    for photo, truth in photos.values():
        labels, confidence = labeler.label_with_confidence(photo)
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
                float(confidence[row, column]),
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


def test_figures_equal_a_plain_count(photos, dataset, labeler):
    counts = count_errors(labeler, dataset, num_worst=2)
    report = json.loads(json.dumps(counts.figures(dataset.class_names)))

    truth, labels, confidence, *distances = zip(
        *pixels_of(photos, labeler), strict=True
    )
    right = [t == p for t, p in zip(truth, labels, strict=True)]
    matrix = [[0] * 3 for _ in range(3)]
    for t, p in zip(truth, labels, strict=True):
        matrix[t][p] += 1
    assert report["confusion_matrix"] == matrix
    assert report["num_pixels"] == len(right)
    assert report["pixel_accuracy"] == pytest.approx(np.mean(right))
    union = sum(matrix[0]) + matrix[1][0]
    assert report["per_class"]["sky"] == {
        "accuracy": pytest.approx(matrix[0][0] / sum(matrix[0])),
        "iou": pytest.approx(matrix[0][0] / union),
    }
    assert report["per_class"]["road"]["accuracy"] is None
    wrong = {(t, p): matrix[t][p] for t in range(2) for p in range(3) if t != p}
    (true, given), pixels = max(wrong.items(), key=lambda item: item[1])
    assert report["most_confused"][0] == {
        "truth": dataset.class_names[true],
        "labeled": dataset.class_names[given],
        "num_pixels": pixels,
    }
    assert len(report["most_confused"]) == 4
    for name, values in zip(report["by_distance_to"], distances, strict=True):
        bins = [max(i for i, e in enumerate(EDGES) if v >= e) for v in values]
        numbers, parts = accuracy_by(bins, right, 8)
        found = report["by_distance_to"][name]
        assert found["num_pixels"] == numbers
        assert found["pixel_accuracy"] == pytest.approx(parts)
        assert sum(number > 0 for number in numbers) > 2
    assert report["distance_edges"] == list(EDGES)
    bins = [min(14, int(15 * c)) for c in confidence]
    numbers, parts = accuracy_by(bins, right, 15)
    assert report["by_confidence"]["num_pixels"] == numbers
    assert report["by_confidence"]["pixel_accuracy"] == pytest.approx(parts)
    errors = np.zeros(15)
    np.add.at(errors, bins, np.subtract(right, confidence))
    assert report["expected_calibration_error"] == pytest.approx(
        np.abs(errors).sum() / len(right)
    )
    assert report["by_num_instances"] == {}


def test_each_number_of_instances_is_scored(photos, dataset, labeler):
    others = {number: type(labeler)(seed=number) for number in (1, 2)}

    counts = count_errors(labeler, dataset, num_worst=0, fewer_instances=others)

    scores = counts.figures(dataset.class_names)["by_num_instances"]
    for number, each in (*others.items(), (3, labeler)):
        right = [
            (each(photo) == truth)[truth != 255]
            for photo, truth in photos.values()
        ]
        assert scores.pop(str(number)) == np.mean(np.concatenate(right))
    assert scores == {}


def test_photos_without_a_known_pixel_are_refused(dataset, labeler):
    nothing = dataset.select(np.array([False, False, False, True]))

    with pytest.raises(InputError, match="No pixel of the 1 photos has a"):
        count_errors(labeler, nothing, num_worst=1)


def test_of_photos_that_are_as_bad_the_first_are_kept():
    counts = ErrorCounts(2, num_worst=2)
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
