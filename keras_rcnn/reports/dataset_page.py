"""The report on a data set as a page to look at."""

import pathlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from keras_rcnn.datasets.checks.dataset_check import SPLITS, DatasetCheck
from keras_rcnn.datasets.checks.finding import Finding
from keras_rcnn.reports import html_report as page
from keras_rcnn.reports.dataset_pictures import DatasetPictures
from keras_rcnn.reports.html_report import Html

_MAX_PICTURES = 200
_PICTURES_A_FINDING = 6
_NUM_SAMPLES = 24
_NUM_SIZES = 12


def write_dataset_page(
    path: str | pathlib.Path,
    check: DatasetCheck,
    findings: Sequence[Finding],
    pictures: DatasetPictures,
) -> None:
    """Writes it as one HTML file.

    Args:
        path: of the file.
        check: the check that was run.
        findings: result of `all_findings`.
        pictures: one of each photo.

    Raises:
        InputError: if it cannot be written.
    """
    errors = [each for each in findings if each.is_error]
    notes = [each for each in findings if not each.is_error]
    page.write_page(
        path,
        f"Data set {check.name}",
        _summary(check, len(errors), len(notes)),
        page.section(
            "What stops training", *_list_findings(check, errors, pictures)
        ),
        page.section(
            "What to look at", *_list_findings(check, notes, pictures)
        ),
        page.section("Classes", _classes(check, pictures)),
        page.section("Sizes", _sizes(check)),
        page.section(
            "Some of the photos, with their labels", *_samples(check, pictures)
        ),
    )


def _summary(check: DatasetCheck, num_errors: int, num_notes: int) -> Html:
    train, test = (check.splits.count(split) for split in SPLITS)
    pixels = sum(size[0] * size[1] for size in check.sizes if size)
    rows = [
        ("what stops training", str(num_errors)),
        ("what to look at", str(num_notes)),
        ("photos to train on", str(train)),
        ("test photos", str(test)),
        ("classes", str(len(check.class_names))),
        ("pixels whose class is unknown", f"{100 * check.unknown:.1f} %"),
        ("memory for all photos and labels", f"{4 * pixels / 1e6:,.0f} MB"),
    ]
    return page.facts(rows)


def _list_findings(
    check: DatasetCheck,
    findings: Sequence[Finding],
    pictures: DatasetPictures,
) -> list[Html]:
    if not findings:
        return [page.element("p", "Nothing.")]
    items, shown = [], 0
    for finding in findings:
        figures = []
        if shown < _MAX_PICTURES:
            figures = [
                _picture(check, number, pictures)
                for number in finding.photos[:_PICTURES_A_FINDING]
                if pictures.files[number]
            ]
        shown += len(figures)
        row = [page.row(figures)] if figures else []
        items.append(page.element("li", finding.text, *row))
    content = [page.element("ul", *items)]
    if shown >= _MAX_PICTURES:
        text = f"Only the first {shown} photos have a picture here."
        content.append(page.element("p", text))
    return content


def _picture(
    check: DatasetCheck, number: int, pictures: DatasetPictures
) -> Html:
    name = check.names[number]
    return page.figure(
        pictures.files[number] or b"",
        f"{name} and its labels",
        f"{name} ({check.splits[number]})",
    )


def _classes(check: DatasetCheck, pictures: DatasetPictures) -> Html:
    train, test = (check.shares(split) for split in SPLITS)
    photos = np.sum(list(check.photos_with.values()), axis=0)
    longest = max(train.max(), test.max()) or 1
    rows = [
        [
            page.swatch(color, name),
            page.bar(train[index] / longest, f"{100 * train[index]:.2f} %"),
            page.bar(test[index] / longest, f"{100 * test[index]:.2f} %"),
            str(photos[index]),
        ]
        for index, (name, color) in enumerate(
            zip(check.class_names, pictures.colors, strict=True)
        )
    ]
    return page.table(
        ["class", "pixels to train on", "test pixels", "photos that have it"],
        rows,
    )


def _sizes(check: DatasetCheck) -> Html:
    sizes = [size for size in check.sizes if size]
    by_size = Counter(sizes).most_common(_NUM_SIZES)
    rows = [
        [
            f"{width} x {height}",
            page.bar(count / len(sizes), str(count)),
        ]
        for (height, width), count in by_size
    ]
    others = len(sizes) - sum(count for _, count in by_size)
    if others:
        rows.append(["others", page.bar(others / len(sizes), str(others))])
    return page.table(["width x height, pixels", "photos"], rows)


def _samples(check: DatasetCheck, pictures: DatasetPictures) -> list[Html]:
    readable = [n for n, picture in enumerate(pictures.files) if picture]
    if not readable:
        return [page.element("p", "None could be read.")]
    places = np.linspace(0, len(readable) - 1, _NUM_SAMPLES)
    numbers = [readable[place] for place in np.unique(places.astype(int))]
    return [
        page.legend(check.class_names, pictures.colors),
        page.row(_picture(check, number, pictures) for number in numbers),
    ]
