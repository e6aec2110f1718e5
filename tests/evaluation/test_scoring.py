"""`evaluate` against scores that are counted here, pixel by pixel."""

import numpy as np
import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.evaluation import evaluate


def count(photos, labeler):
    """Confusion matrix by the plainest loop."""
    counts = [[0] * 3 for _ in range(3)]
    for photo, mask in photos.values():
        for truth, label in zip(mask.flat, labeler(photo).flat, strict=True):
            if truth != 255:
                counts[truth][label] += 1
    return counts


def test_scores_equal_a_plain_count(photos, dataset, labeler):
    report = evaluate(labeler, dataset).report(labeler, dataset)

    counts = count(photos, labeler)
    (s, sg, sr), (gs, g, gr), road = counts
    # Classes that are mistaken for each other, and one that is not there.
    assert min(s, sg, gs, g, sr + gr) > 0
    assert road == [0, 0, 0]
    sky, grass = s + sg + sr, gs + g + gr
    assert 0 < report.pop("pixel_accuracy_standard_error") < 0.5
    assert report.pop("seconds_per_image") > 0
    assert report == {
        "confusion_matrix": counts,
        "num_images": 4,
        "num_pixels": sky + grass,
        "pixel_accuracy": pytest.approx((s + g) / (sky + grass)),
        "per_class": {
            "sky": pytest.approx(s / sky),
            "grass": pytest.approx(g / grass),
            "road": None,
        },
        "class_accuracy": pytest.approx((s / sky + g / grass) / 2),
        # Road has a union, the pixels labeled as it, and no intersection.
        "mean_iou": pytest.approx((s / (sky + gs) + g / (grass + sg) + 0) / 3),
        "agreement_with_reference": None,
        "num_instances": 2,
        "output_resolution": 4,
        "smoothing": 3,
    }


def test_agreement_counts_unknown_pixels_as_well(photos, dataset, labeler):
    reference = type(labeler)(seed=1)

    evaluation = evaluate(labeler, dataset, reference=reference)

    same = [
        (labeler(photo) == reference(photo)).ravel()
        for photo, _ in photos.values()
    ]
    assert evaluation.agreement == np.mean(np.concatenate(same))


def test_every_photo_is_passed_on_in_order(photos, dataset, labeler):
    seen = []
    evaluate(
        labeler,
        dataset,
        with_confidence=True,
        on_photo=lambda *arguments: seen.append(arguments),
    )

    assert [e["name"].decode() for e, _, _ in seen] == list(photos)
    for example, labels, confidence in seen:
        expected = labeler.label_with_confidence(example["image"])
        np.testing.assert_array_equal(labels, expected[0])
        np.testing.assert_array_equal(confidence, expected[1])


def test_progress_is_shown_on_stderr(dataset, labeler, capfd):
    evaluate(labeler, dataset, progress=False)
    assert capfd.readouterr() == ("", "")

    evaluate(labeler, dataset)
    out, err = capfd.readouterr()
    assert out == ""
    assert "4/4" in err
    assert "% right" in err


def test_the_first_call_is_not_timed(dataset):
    calls = []

    def label(photo):
        calls.append(photo.shape)
        return np.zeros(photo.shape[:2], np.uint8)

    evaluate(label, dataset)

    assert calls[0] == (1, 1, 3)
    assert len(calls) == 5


def test_photos_without_a_known_pixel_are_refused(dataset, labeler):
    nothing = dataset.select(np.array([False, False, False, True]))
    evaluation = evaluate(labeler, nothing)

    with pytest.raises(InputError, match="No pixel of the 1 photos has a"):
        evaluation.report(labeler, nothing)
