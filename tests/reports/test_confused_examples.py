"""Examples of confused classes are the largest connected regions."""

import numpy as np

from keras_rcnn.reports.confused_examples import (
    ConfusedExamples,
    largest_region,
)


def test_examples_are_the_largest_regions():
    examples = ConfusedExamples(num_examples=2)
    for name, side in (("small", 2), ("large", 9), ("middle", 5)):
        example = {
            "name": name.encode(),
            "image": np.zeros((30, 30, 3), np.uint8),
            "label": np.zeros((30, 30), np.uint8),
        }
        labels = example["label"].copy()
        labels[3 : 3 + side, 4 : 4 + side] = 1
        # More pixels, which are not connected.
        labels[20::2, 20::2] = 1
        examples.add(example, labels)

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
