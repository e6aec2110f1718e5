"""The page about the errors of a model shows what was counted."""

import numpy as np
import pytest

from keras_rcnn.evaluation import count_errors
from keras_rcnn.reports.color_blind import color_blind_safe
from keras_rcnn.reports.confused_examples import ConfusedExamples
from keras_rcnn.reports.errors_page import write_errors_page
from tests.helpers.html_page import HtmlPage
from tests.helpers.labeled_photos import CLASS_NAMES, NASTY, PALETTE


@pytest.fixture
def write(labeler, dataset, tmp_path):
    """Function of the numbers of what to show: the counts and the page."""

    def run(num_worst, num_pairs, num_examples, labeler=labeler, **options):
        examples = ConfusedExamples(num_examples)
        counts = count_errors(
            labeler,
            dataset,
            num_worst=num_worst,
            on_photo=examples.add,
            **options,
        )
        about = {"model": "runs/<own>", "smoothing": "3"}
        file = tmp_path / "errors.html"
        write_errors_page(file, dataset, counts, examples, about, num_pairs)
        return counts, HtmlPage(file)

    return run


def test_the_page_shows_what_was_counted(write, labeler, photos):
    counts, page = write(
        2, 3, 4, fewer_instances={1: type(labeler)(1), 2: type(labeler)(2)}
    )

    assert page.headings[0] == "Errors on own"
    assert "runs/<own>" in page.texts
    accuracy = {
        name: np.mean((labeler(photo) == truth)[truth != 255])
        for name, (photo, truth) in photos.items()
        if (truth != 255).any()
    }
    worst = sorted(accuracy, key=accuracy.get)[:2]
    assert [h for h in page.headings if h.endswith("right")] == [
        f"{name}: {100 * accuracy[name]:.1f} % right" for name in worst
    ]
    for color, name in zip(color_blind_safe(PALETTE), CLASS_NAMES, strict=True):
        assert f"background: #{bytes(color).hex()}" in page.source
        assert page.texts.count(name) >= 2
    assert "unknown" in page.texts
    matrix = counts.matrix.counts.copy()
    for number in (counts.matrix, *counts.by_instance.values()):
        assert f"{100 * number.pixel_accuracy:.1f} %" in page.texts
    error = 100 * counts.calibration.expected_calibration_error
    assert f"Expected calibration error: {error:.1f} %" in page.text
    np.fill_diagonal(matrix, 0)
    true, given = np.unravel_index(matrix.argmax(), matrix.shape)
    pair = f"{CLASS_NAMES[true]} taken for {CLASS_NAMES[given]}"
    pairs = [h for h in page.headings if " taken for " in h]
    assert pairs[0] == pair
    assert len(pairs) == 3
    photo, truth = photos[worst[0]]
    np.testing.assert_array_equal(
        page.picture(f"{worst[0]}, errors")[..., 0] == 205,
        (truth != 255) & (labeler(photo) != truth),
    )
    assert page.picture(f"{worst[0]}, photo").shape == photo.shape
    alts = [alt for alt, _ in page.pictures]
    assert any(alt.startswith("Reliability diagram") for alt in alts)
    assert any(alt.startswith("Accuracy by distance") for alt in alts)
    assert any(alt.endswith(f": {pair}") for alt in alts)


def test_names_may_hold_anything(write):
    _, page = write(4, 0, 0)

    assert f"{NASTY}, photo" in [alt for alt, _ in page.pictures]
    assert any(text.startswith(f"{NASTY}: ") for text in page.texts)


def test_nothing_is_shown_where_nothing_is_asked_for(write):
    _, page = write(0, 0, 0)

    assert not [h for h in page.headings if " taken for " in h]
    assert len(page.pictures) == 3


def test_a_model_without_probabilities_or_a_choice_of_instances(write, labeler):
    class Hard(type(labeler)):
        def label_with_confidence(self, photo):
            return super().label_with_confidence(photo)[0], None

        def __call__(self, photo):
            return self.label_with_confidence(photo)[0]

    _, page = write(0, 0, 0, labeler=Hard())

    assert "This model gives no probabilities" in page.text
    assert "This model labels with one number of instances" in page.text
    assert len(page.pictures) == 2
