"""The check of a data set as an HTML page."""

import pathlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from keras_rcnn.datasets.checks.dataset_check import SPLITS, DatasetCheck
from keras_rcnn.datasets.checks.finding import Finding
from keras_rcnn.reports.dataset_pictures import DatasetPictures
from keras_rcnn.reports.page_picture import PagePicture
from keras_rcnn.reports.rendering import percent, write_page

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
    """Writes the page as one HTML file.

    Args:
        path: file to write.
        check: the check that was run.
        findings: result of `all_findings`.
        pictures: one of each photo.

    Raises:
        InputError: if the file cannot be written.
    """
    errors = [each for each in findings if each.is_error]
    notes = [each for each in findings if not each.is_error]
    train, test = (check.shares(split) for split in SPLITS)
    photos = np.sum(list(check.photos_with.values()), axis=0)
    write_page(
        path,
        "dataset.html",
        title=f"Data set {check.name}",
        summary=_summary(check, len(errors), len(notes)),
        max_pictures=_MAX_PICTURES,
        errors=_with_pictures(check, errors, pictures),
        notes=_with_pictures(check, notes, pictures),
        classes=zip(
            check.class_names,
            pictures.colors,
            train,
            test,
            photos,
            strict=False,
        ),
        longest=max(train.max(), test.max()) or 1,
        sizes=list(_sizes(check)),
        num_sizes=len(check.sizes) - check.sizes.count(None),
        legend_classes=zip(check.class_names, pictures.colors, strict=True),
        samples=_samples(check, pictures),
    )


def _summary(
    check: DatasetCheck, num_errors: int, num_notes: int
) -> dict[str, int | str]:
    train, test = (check.splits.count(split) for split in SPLITS)
    pixels = sum(size[0] * size[1] for size in check.sizes if size)
    return {
        "what stops training": num_errors,
        "what to look at": num_notes,
        "photos to train on": train,
        "test photos": test,
        "classes": len(check.class_names),
        "pixels whose class is unknown": percent(check.unknown),
        "memory for all photos and labels": f"{4 * pixels / 1e6:,.0f} MB",
    }


def _with_pictures(
    check: DatasetCheck,
    findings: Sequence[Finding],
    pictures: DatasetPictures,
) -> list[tuple[str, list[PagePicture]]]:
    """Text and pictures of each finding, until there are many pictures."""
    items, num_shown = [], 0
    for finding in findings:
        few = _PICTURES_A_FINDING if num_shown < _MAX_PICTURES else 0
        shown = _pictures(check, finding.photos[:few], pictures)
        num_shown += len(shown)
        items.append((finding.text, shown))
    return items


def _pictures(
    check: DatasetCheck, numbers: Sequence[int], pictures: DatasetPictures
) -> list[PagePicture]:
    """Pictures of the photos that could be read."""
    return [
        PagePicture(
            content,
            f"{check.names[number]} and its labels",
            f"{check.names[number]} ({check.splits[number]})",
        )
        for number in numbers
        if (content := pictures.files[number])
    ]


def _sizes(check: DatasetCheck) -> Iterator[tuple[str, int]]:
    """The most frequent sizes and how many photos have them."""
    counts = Counter(size for size in check.sizes if size)
    for (height, width), count in counts.most_common(_NUM_SIZES):
        counts.pop((height, width))
        yield f"{width} x {height}", count
    if counts:
        yield "others", counts.total()


def _samples(
    check: DatasetCheck, pictures: DatasetPictures
) -> list[PagePicture]:
    """Pictures of photos that are spread over the data set."""
    readable = [n for n, content in enumerate(pictures.files) if content]
    if not readable:
        return []
    places = np.linspace(0, len(readable) - 1, _NUM_SAMPLES, dtype=int)
    numbers = [readable[place] for place in np.unique(places)]
    return _pictures(check, numbers, pictures)
