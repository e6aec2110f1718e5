"""The errors of a model as an HTML page."""

import itertools
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy
from keras_rcnn.evaluation.error_counts import (
    BOUNDARY,
    ErrorCounts,
    ScoredPhoto,
)
from keras_rcnn.reports.color_blind import color_blind_safe
from keras_rcnn.reports.colors import Palette, error_map, label_colors
from keras_rcnn.reports.confused_examples import ConfusedExamples
from keras_rcnn.reports.figures import (
    bin_names,
    confusion_figure,
    distance_figure,
    reliability_figure,
)
from keras_rcnn.reports.page_picture import PagePicture, encode_picture
from keras_rcnn.reports.rendering import percent, write_page

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
    """Writes the page as one HTML file.

    Args:
        path: file to write.
        dataset: data set whose photos were counted.
        counts: errors of all photos.
        examples: pictures of confused classes.
        about: the model and how it was used.
        num_pairs: how many pairs of confused classes to show.

    Raises:
        InputError: if it cannot be written.
    """
    # The page has a legend, so that other colors than usual are clear.
    palette = color_blind_safe(dataset.palette)
    names, matrix = dataset.class_names, counts.matrix
    calibration = counts.calibration
    summary = {
        "pixels right": percent(matrix.pixel_accuracy),
        "classes right, their mean": percent(matrix.class_accuracy),
        "intersection over union, mean": percent(matrix.mean_iou),
        "photos": dataset.num_examples,
        "labeled pixels": f"{matrix.num_pixels:,}",
    }
    write_page(
        path,
        "errors.html",
        title=f"Errors on {dataset.name}",
        summary=summary | dict(about),
        classes=list(zip(names, palette, strict=True)),
        class_scores=zip(
            names,
            palette,
            matrix.class_accuracies,
            matrix.class_ious,
            matrix.counts.sum(axis=1) / matrix.num_pixels,
            matrix.counts.sum(axis=0) / matrix.num_pixels,
            strict=True,
        ),
        confusion=len(names) <= _MANY_CLASSES
        and _figure(
            confusion_figure(matrix.counts, names),
            "What each class was taken for, as in the table",
        ),
        pairs=list(_pairs(names, counts, examples, num_pairs)),
        worst=[(p, list(_views(p, palette))) for p in counts.worst_photos],
        by_distance=_figure(
            distance_figure(counts.by_distance),
            "Accuracy by distance, as in the table",
        ),
        distance_header=[
            "pixels away",
            *(
                f"{what} {name}"
                for name in counts.by_distance
                for what in ("right, from", "part, from")
            ),
        ],
        distances=_bins(
            bin_names(counts.by_distance[BOUNDARY].edges),
            *counts.by_distance.values(),
        ),
        calibration=calibration,
        reliability=calibration.counts.any()
        and _figure(
            reliability_figure(calibration),
            "Reliability diagram, as in the table",
        ),
        confidences=list(_confidences(counts)),
        by_instance=counts.by_instance,
    )


def _pairs(
    names: Sequence[str],
    counts: ErrorCounts,
    examples: ConfusedExamples,
    num_pairs: int,
) -> Iterator[dict[str, Any]]:
    matrix = counts.matrix
    num_wrong = matrix.num_pixels - int(matrix.counts.trace())
    for true, given, pixels in counts.most_confused(num_pairs):
        title = f"{names[true]} taken for {names[given]}"
        yield {
            "truth": names[true],
            "given": names[given],
            "title": title,
            "of_class": pixels / matrix.counts[true].sum(),
            "of_errors": pixels / num_wrong,
            "examples": [
                PagePicture(
                    content,
                    f"Outlined in the photo {name}: {title}",
                    f"{name}, {size:,} pixels",
                )
                for size, name, content in examples.largest(true, given)
            ],
        }


def _views(photo: ScoredPhoto, palette: Palette) -> Iterator[PagePicture]:
    for caption, picture in (
        ("photo", photo.image),
        ("truth", label_colors(photo.truth, palette)),
        ("labels", label_colors(photo.labels, palette)),
        ("errors", error_map(photo.truth, photo.labels)),
    ):
        content = encode_picture(picture, _PHOTO_SIDE, caption == "photo")
        yield PagePicture(content, f"{photo.name}, {caption}", caption)


def _bins(
    names: Sequence[str], *columns: BinnedAccuracy
) -> Iterator[tuple[str, ...]]:
    """Name of each bin, then its accuracy and fraction by each column."""
    parts: list[map[str]] = []
    for column in columns:
        total = max(1, column.counts.sum())
        parts.append(map(percent, column.accuracies))
        parts.append(map(percent, column.counts / total))
    return zip(names, *parts, strict=True)


def _confidences(counts: ErrorCounts) -> Iterator[tuple[str, ...]]:
    calibration = counts.calibration
    names = [
        f"{100 * low:.0f} to {100 * high:.0f} %"
        for low, high in itertools.pairwise(calibration.edges)
    ]
    for (name, *rest), mean in zip(
        _bins(names, calibration), calibration.means, strict=True
    ):
        yield name, percent(mean), *rest


def _figure(picture: np.ndarray, alt: str) -> PagePicture:
    return PagePicture(encode_picture(picture, _FIGURE_SIDE, False), alt)
