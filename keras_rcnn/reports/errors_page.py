"""The errors of a model as a page to look at."""

import dataclasses
import itertools
import pathlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from keras_rcnn.datasets import SceneDataset
from keras_rcnn.evaluation.error_counts import (
    BOUNDARY,
    ErrorCounts,
    ScoredPhoto,
)
from keras_rcnn.reports import (
    color_blind_safe,
    confusion_figure,
    distance_figure,
    error_map,
    label_colors,
    reliability_figure,
)
from keras_rcnn.reports import html_report as page
from keras_rcnn.reports.confused_examples import ConfusedExamples
from keras_rcnn.reports.distance_figure import bin_names
from keras_rcnn.reports.html_report import Html

_PHOTO_SIDE = 400
_FIGURE_SIDE = 4000
_MANY_CLASSES = 12


def write_errors_page(
    path: str | pathlib.Path,
    dataset: SceneDataset,
    counts: ErrorCounts,
    examples: ConfusedExamples,
    about: Mapping[str, str],
    num_pairs: int,
) -> None:
    """Writes it as one HTML file.

    Args:
        path: of the file.
        dataset: whose photos were counted.
        counts: of all of them.
        examples: pictures of confused classes.
        about: the model and how it was used.
        num_pairs: of confused classes, to show.

    Raises:
        InputError: if it cannot be written.
    """
    # The page says what they mean, so they need not be the data set's own.
    colors = color_blind_safe(dataset.palette)
    dataset = dataclasses.replace(
        dataset, palette=tuple((r, g, b) for r, g, b in colors)
    )
    page.write_page(
        path,
        f"Errors on {dataset.name}",
        _summary(dataset, counts, about),
        page.section("Classes", _classes(dataset, counts)),
        page.section(
            "Confused classes",
            *_confusions(dataset, counts, examples, num_pairs),
        ),
        page.section("Worst photos", *_worst(dataset, counts)),
        page.section(
            "Distance to a boundary and to the border", *_distances(counts)
        ),
        page.section("Calibration", *_calibration(counts)),
        page.section("Instance by instance", _instances(counts)),
    )


def _summary(
    dataset: SceneDataset, counts: ErrorCounts, about: Mapping[str, str]
) -> Html:
    matrix = counts.matrix
    rows = [
        ("pixels right", _percent(matrix.pixel_accuracy)),
        ("classes right, their mean", _percent(matrix.class_accuracy)),
        ("intersection over union, mean", _percent(matrix.mean_iou)),
        ("photos", str(dataset.num_examples)),
        ("labeled pixels", f"{matrix.num_pixels:,}"),
        *about.items(),
    ]
    return page.facts(rows)


def _classes(dataset: SceneDataset, counts: ErrorCounts) -> Html:
    matrix = counts.matrix
    shares, given = (
        matrix.counts.sum(axis=axis) / matrix.num_pixels for axis in (1, 0)
    )
    rows = [
        [
            page.swatch(color, name),
            _bar(matrix.class_accuracies[index]),
            _bar(matrix.class_ious[index]),
            _percent(shares[index]),
            _percent(given[index]),
        ]
        for index, (name, color) in enumerate(
            zip(dataset.class_names, dataset.palette, strict=True)
        )
    ]
    header = ["class", "right", "intersection over union"]
    return page.table([*header, "of the truth", "of the labels"], rows)


def _confusions(
    dataset: SceneDataset,
    counts: ErrorCounts,
    examples: ConfusedExamples,
    num_pairs: int,
) -> Iterator[Html]:
    names, matrix = dataset.class_names, counts.matrix
    if len(names) <= _MANY_CLASSES:
        picture = confusion_figure(matrix.counts, names)
        yield _figure(picture, "What each class was taken for, as in the table")
    wrong = matrix.num_pixels - int(matrix.counts.trace())
    pairs = counts.most_confused(num_pairs)
    yield page.table(
        ["truth", "taken for", "of the class", "of all errors"],
        [
            [
                names[true],
                names[given],
                _percent(pixels / matrix.counts[true].sum()),
                _percent(pixels / wrong),
            ]
            for true, given, pixels in pairs
        ],
    )
    for true, given, _ in pairs:
        title = f"{names[true]} taken for {names[given]}"
        yield page.element("h3", title)
        yield page.row(
            page.figure(
                picture,
                f"Outlined in the photo {name}: {title}",
                f"{name}, {pixels:,} pixels",
            )
            for pixels, name, picture in examples.largest(true, given)
        )


def _worst(dataset: SceneDataset, counts: ErrorCounts) -> Iterator[Html]:
    text = (
        "In the errors, right pixels are light, wrong ones red and dark, "
        "unknown ones black."
    )
    yield page.element("p", text)
    yield page.legend(dataset.class_names, dataset.palette)
    for photo in counts.worst_photos:
        right = _percent(photo.accuracy)
        yield page.element("h3", f"{photo.name}: {right} right")
        yield page.row(_pictures(photo, dataset.palette))


def _pictures(
    photo: ScoredPhoto, palette: Sequence[Sequence[int]]
) -> Iterator[Html]:
    for caption, picture in (
        ("photo", photo.image),
        ("truth", label_colors(photo.truth, palette)),
        ("labels", label_colors(photo.labels, palette)),
        ("errors", error_map(photo.truth, photo.labels)),
    ):
        content = page.encode_picture(picture, _PHOTO_SIDE, caption == "photo")
        yield page.figure(content, f"{photo.name}, {caption}", caption)


def _distances(counts: ErrorCounts) -> Iterator[Html]:
    text = (
        "Accuracy of the pixels by their distance to the nearest pixel of "
        "another class, and to the outside of the photo; 1 is right beside it."
    )
    yield page.element("p", text)
    alt = "Accuracy by distance, as in the table"
    yield _figure(distance_figure(counts.by_distance), alt)
    edges = counts.by_distance[BOUNDARY].edges
    lines = list(counts.by_distance.values())
    columns = [
        [*map(_percent, line.accuracies), *map(_percent, _shares(line.counts))]
        for line in lines
    ]
    bins = bin_names(edges)
    yield page.table(
        [
            "pixels away",
            *(
                f"{what} {name}"
                for name in counts.by_distance
                for what in ("right, from", "part, from")
            ),
        ],
        [
            [name, *(c[i] for c in columns for i in (n, n + len(bins)))]
            for n, name in enumerate(bins)
        ],
    )


def _calibration(counts: ErrorCounts) -> Iterator[Html]:
    calibration = counts.calibration
    if not calibration.counts.any():
        text = (
            "This model does not tell how sure it is: give a .keras file or a "
            "SavedModel."
        )
        yield page.element("p", text)
        return
    error = calibration.expected_calibration_error
    text = (
        f"Expected calibration error: {_percent(error)}. The pixels are put "
        f"into {len(calibration.counts)} bins of equal width by their "
        "confidence, the probability of the label that they were given. The "
        "error is the sum over the bins of (pixels of the bin / all pixels) x "
        "|part of the bin that is right - mean confidence of the bin|, as in "
        "Guo et al., On Calibration of Modern Neural Networks, 2017 "
        "(arXiv:1706.04599), equation 3. Bars below the line: surer than right."
    )
    yield page.element("p", text)
    alt = "Reliability diagram, as in the table"
    yield _figure(reliability_figure(calibration), alt)
    names = [
        f"{100 * low:.0f} to {100 * high:.0f} %"
        for low, high in itertools.pairwise(calibration.edges)
    ]
    columns = (
        names,
        map(_percent, calibration.means),
        map(_percent, calibration.accuracies),
        map(_percent, _shares(calibration.counts)),
    )
    header = ["confidence", "its mean", "right", "of all pixels"]
    yield page.table(header, zip(*columns, strict=True))


def _instances(counts: ErrorCounts) -> Html:
    if not counts.by_instance:
        text = (
            "This model labels with one number of instances: give a .keras "
            "file of several to see what each of them adds."
        )
        return page.element("p", text)
    rows = [
        [
            str(number),
            _bar(matrix.pixel_accuracy),
            _bar(matrix.class_accuracy),
            _bar(matrix.mean_iou),
        ]
        for number, matrix in sorted(counts.by_instance.items())
    ]
    header = ["instances", "pixels right", "classes right"]
    return page.table([*header, "intersection over union"], rows)


def _figure(picture: np.ndarray, alt: str) -> Html:
    return page.figure(page.encode_picture(picture, _FIGURE_SIDE, False), alt)


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / max(1, counts.sum())


def _percent(part: float) -> str:
    return "-" if part != part else f"{100 * part:.1f} %"


def _bar(part: float) -> str:
    return "-" if part != part else page.bar(part, _percent(part))
