"""The values in masks, and the class that each of them stands for."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL

Values = tuple[tuple[int, ...], ...]
_MAX_VALUE = 255
# The label of a value that masks must not hold.
_UNLISTED = -1
_LINE = re.compile(r"(.*\S) ?= ?(\d+(?: ?, ?\d+)*)")


def split_values(lines: Sequence[str]) -> tuple[tuple[str, ...], Values | None]:
    """Splits lines such as `road = 7` or `car = 26, 27` at the equals sign.

    Args:
        lines: names of classes, each with or without values in masks.

    Returns:
        The names, and the values of each. If no line ends in values, the lines
        themselves and None.

    Raises:
        ValueError: if only some lines have values, a value is above 255 or
            stands in two places, or the color of a line is not its end.

    >>> split_values(["road = 7", "car = 26, 27"])
    (('road', 'car'), ((7,), (26, 27)))
    >>> split_values(["road", "car"])
    (('road', 'car'), None)
    """
    matches = [_LINE.fullmatch(line) for line in lines]
    if not any(matches):
        return tuple(lines), None
    names, values = [], []
    for line, match in zip(lines, matches, strict=True):
        if not match or re.search(r" #\S*$", match[1]):
            raise ValueError(
                f"{line!r} has no value before its color, and another class "
                "has one: write it as in `road = 7 #804080`, or remove all "
                "values."
            )
        names.append(match[1])
        values.append(tuple(map(int, match[2].split(","))))
    everything = [value for group in values for value in group]
    for value in everything:
        if value > _MAX_VALUE or everything.count(value) > 1:
            raise ValueError(
                f"the value {value} must be at most {_MAX_VALUE} and belong "
                "to one class only: correct it."
            )
    return tuple(names), tuple(values)


def listed(values: Iterable[int]) -> str:
    """Values as `ignore_label=` takes them on the command line.

    >>> listed((5, 4, 5))
    '4,5'
    """
    return ",".join(map(str, sorted(set(values))))


class MaskValues:
    """The label of each value that masks may hold.

    255 is unknown unless it is the value of a class.

    Args:
        num_classes: number of classes.
        values: of each class; None for 0, 1, 2 ...
        ignore_label: more values of pixels of unknown class.

    Raises:
        InputError: if a value to ignore is not 0 to 255, or is that of a
            class.
    """

    def __init__(
        self,
        num_classes: int,
        values: Values | None = None,
        ignore_label: Sequence[int] = (),
    ) -> None:
        self.are_indices = values is None
        self.num_classes = num_classes
        self.ignored = tuple(ignore_label)
        self.labels = np.full(_MAX_VALUE + 1, _UNLISTED, np.int16)
        """int16 `(256,)`, the label of each value; -1 for unlisted values."""
        self.labels[IGNORE_LABEL] = IGNORE_LABEL
        for label in range(min(num_classes, _MAX_VALUE)):
            self.labels[list(values[label]) if values else label] = label
        for value in ignore_label:
            if not 0 <= value <= _MAX_VALUE:
                raise InputError(
                    f"ignore_label={value} is not a value of a mask: give 0 "
                    f"to {_MAX_VALUE}."
                )
            if self.labels[value] not in (_UNLISTED, IGNORE_LABEL):
                raise InputError(
                    f"ignore_label={value} is the value of a class in "
                    "classes.txt: leave it out, or give each class its value "
                    "there, as in `road = 7`."
                )
            self.labels[value] = IGNORE_LABEL

    def unlisted(self, values: np.ndarray) -> np.ndarray:
        """The values that masks must not hold, without duplicates."""
        return np.unique(values[self.labels[values] == _UNLISTED])
