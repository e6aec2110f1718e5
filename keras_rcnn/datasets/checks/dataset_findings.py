"""Findings about a data set as a whole."""

import numpy as np

from keras_rcnn.datasets.checks.dataset_check import SPLITS, DatasetCheck
from keras_rcnn.datasets.checks.finding import Finding
from keras_rcnn.datasets.near_duplicates import find_near_duplicates, groups_of
from keras_rcnn.io.labels import UNKNOWN_COLOR

# Factor to the median of the longest sides.
_MUCH_LARGER = 3
# Distance in RGB, 0 to 255, below which colors are hard to distinguish.
_ALIKE = 24
_MAX_NAMED = 6


def all_findings(check: DatasetCheck, similarity: float) -> list[Finding]:
    """Findings about single photos and about the data set, errors first.

    Args:
        check: a check that was run.
        similarity: minimum correlation of the thumbnails of near-duplicates.
    """
    found = [
        *check.findings,
        *_training_errors(check),
        *_similar_colors(check),
        *_missing_classes(check),
        *_large_photos(check),
        *_look_alikes(check, similarity),
    ]
    return sorted(found, key=lambda finding: not finding.is_error)


def _training_errors(check: DatasetCheck) -> list[Finding]:
    texts = []
    count = check.splits.count("train")
    if count < 2:
        texts.append(
            "Training needs two photos or more, one of them to choose the best "
            f"weights by, and there are {count}: add some."
        )
    elif check.all_labeled and not check.shares("train").any():
        texts.append(
            "No pixel of the photos to train on has a known class: label some."
        )
    return [Finding(text, is_error=True) for text in texts]


def _similar_colors(check: DatasetCheck) -> list[Finding]:
    named = [
        *zip(check.class_names, check.palette, strict=True),
        ("unknown pixels", UNKNOWN_COLOR),
    ]
    return [
        Finding(
            f"{name} and {other} have nearly the same color, {color} "
            f"and {other_color}: choose another one, as they cannot be "
            "distinguished in pictures of labels."
        )
        for index, (name, color) in enumerate(named)
        for other, other_color in named[index + 1 :]
        if np.linalg.norm(np.subtract(color, other_color)) < _ALIKE
    ]


def _missing_classes(check: DatasetCheck) -> list[Finding]:
    if not check.all_labeled:
        # The class may be in one of the masks that cannot be read.
        return []
    trained, tested = (check.shares(split) > 0 for split in SPLITS)
    found = []
    for name, train, test in zip(
        check.class_names, trained, tested, strict=True
    ):
        if not train and not test:
            text = (
                f"The class {name} is on no photo: label some of it, or "
                "remove it from the list of classes."
            )
            if name == check.class_names[0] and check.counts_from_0:
                text += " Masks count classes from 0."
        elif not train:
            text = (
                f"The class {name} is on no photo to train on, so it "
                "cannot be learned: label more photos of it."
            )
        elif not test and tested.any():
            text = (
                f"The class {name} is on no test photo, so its accuracy "
                "cannot be measured: label more photos of it."
            )
        else:
            continue
        found.append(Finding(text))
    return found


def _large_photos(check: DatasetCheck) -> list[Finding]:
    sides = np.array([max(size or (0,)) for size in check.sizes])
    if not sides.any():
        return []
    usual = int(np.median(sides[sides > 0]))
    return [
        Finding(
            f"{check.names[number]} is {max(check.sizes[number] or (0,))} "
            f"pixels long, most photos about {usual}: scale it down, or "
            "scale all down with longest_side, as a network recognizes "
            "objects at the size that they have in most photos.",
            (number,),
        )
        for number in np.flatnonzero(sides > _MUCH_LARGER * usual).tolist()
    ]


def _look_alikes(check: DatasetCheck, similarity: float) -> list[Finding]:
    """Groups of near-duplicates, starting with those across the splits."""
    pairs = find_near_duplicates(np.array(check.thumbnails), similarity)
    groups = groups_of(pairs, len(check.names))
    group_of = {n: number for number, g in enumerate(groups) for n in g}
    min_correlation = [1.0] * len(groups)
    for first, _, correlation in pairs:
        group = group_of[first]
        min_correlation[group] = min(min_correlation[group], correlation)
    across_splits, others = [], []
    for members, least in zip(groups, min_correlation, strict=True):
        tested = [n for n in members if check.splits[n] == "test"]
        trained = [n for n in members if check.splits[n] == "train"]
        if tested and trained:
            text = (
                f"The test photos {_list(check, tested)} and the training "
                f"photos {_list(check, trained)} look the same "
                f"({100 * least:.1f} % alike), so scores will be too good: "
                "keep one of them."
            )
            across_splits.append(Finding(text, (*tested, *trained)))
        else:
            text = (
                f"{_list(check, members)} look the same ({100 * least:.1f} % "
                "alike): keep one of them."
            )
            others.append(Finding(text, tuple(members)))
    return across_splits + others


def _list(check: DatasetCheck, numbers: list[int]) -> str:
    names = [check.names[number] for number in numbers[:_MAX_NAMED]]
    more = len(numbers) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
