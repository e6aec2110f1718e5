"""Scores of a labeling, all taken from one confusion matrix."""

import numpy as np

from keras_rcnn.io.labels import IGNORE_LABEL


class ConfusionMatrix:
    """Counts labeled pixels by their true class and the class they were given.

    Counts are whole numbers of 64 bits: no number of photos makes them wrong.
    A score that nothing was counted for is NaN.

    Args:
        num_classes: number of classes.
        ignore_label: true label of a pixel whose class is unknown; it never
            counts, whatever it was labeled.

    >>> matrix = ConfusionMatrix(num_classes=2)
    >>> matrix.update(truth=[[0, 0, 1, 255]], labels=[[0, 1, 1, 1]])
    >>> matrix.counts.tolist()
    [[1, 1], [0, 1]]
    >>> matrix.class_accuracy
    0.75
    """

    def __init__(
        self, num_classes: int, ignore_label: int = IGNORE_LABEL
    ) -> None:
        self.num_classes = num_classes
        self.ignore_label = ignore_label
        self.counts = np.zeros((num_classes, num_classes), np.int64)
        """int64 `(num_classes, num_classes)`, row = truth, column = label."""
        self._updates: list[tuple[int, int]] = []

    def update(self, truth: np.ndarray, labels: np.ndarray) -> None:
        """Counts the pixels of one photo, or of any number.

        Args:
            truth: true classes, whole numbers of any shape.
            labels: classes given, of the same shape.

        Raises:
            ValueError: if the shapes differ or a class does not exist.
        """
        truth, labels = np.asarray(truth), np.asarray(labels)
        if truth.shape != labels.shape:
            raise ValueError(
                f"truth {truth.shape} and labels {labels.shape} must have one "
                "shape."
            )
        known = truth != self.ignore_label
        rows, columns = (
            self._checked(name, classes[known])
            for name, classes in (("truth", truth), ("labels", labels))
        )
        cells = np.bincount(
            rows * self.num_classes + columns, minlength=self.num_classes**2
        )
        cells = cells.reshape(self.counts.shape)
        self.counts += cells
        self._updates.append((int(np.trace(cells)), int(cells.sum())))

    @property
    def num_pixels(self) -> int:
        """Number of pixels counted."""
        return int(self.counts.sum())

    @property
    def pixel_accuracy(self) -> float:
        """Part of the pixels that were given their true class."""
        return _mean_ratio(np.trace(self.counts), self.counts.sum())

    @property
    def pixel_accuracy_standard_error(self) -> float:
        """By how much `pixel_accuracy` varies with the draw of the photos.

        Each update is taken for one photo; NaN for fewer than two. It is that
        of a ratio of two sums (Cochran, Sampling Techniques, 1977, chapter 6).
        """
        right, known = np.array(self._updates, float).reshape(-1, 2).T
        count = len(right)
        if count < 2 or not known.sum():
            return float("nan")
        errors = right - self.pixel_accuracy * known
        variance = np.sum(errors**2) / (count - 1)
        return float(np.sqrt(count * variance) / known.sum())

    @property
    def class_accuracies(self) -> np.ndarray:
        """Of each class, the part of its pixels that were given it.

        float64 `(num_classes,)`, NaN for a class without a true pixel.
        """
        return _ratios(np.diag(self.counts), self.counts.sum(axis=1))

    @property
    def class_accuracy(self) -> float:
        """Mean of `class_accuracies`, without classes that have no pixel."""
        return _mean_ratio(np.diag(self.counts), self.counts.sum(axis=1))

    @property
    def class_ious(self) -> np.ndarray:
        """Of each class, intersection over union.

        The union of a class is its true pixels and those labeled as it.
        float64 `(num_classes,)`, NaN for a class in neither.
        """
        return _ratios(np.diag(self.counts), self._unions)

    @property
    def mean_iou(self) -> float:
        """Mean of `class_ious`, without classes that have no union.

        A class that was labeled without being there counts as 0.
        """
        return _mean_ratio(np.diag(self.counts), self._unions)

    @property
    def _unions(self) -> np.ndarray:
        true, given = self.counts.sum(axis=1), self.counts.sum(axis=0)
        return true + given - np.diag(self.counts)

    def _checked(self, name: str, classes: np.ndarray) -> np.ndarray:
        wrong = classes[(classes < 0) | (classes >= self.num_classes)]
        if wrong.size:
            raise ValueError(
                f"{name} holds {wrong[0]}, but there are classes 0 to "
                f"{self.num_classes - 1} only."
            )
        return classes.astype(np.int64)


def _ratios(parts: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Parts of wholes, NaN where there is no whole."""
    nothing = np.full(np.shape(parts), np.nan)
    return np.divide(parts, wholes, out=nothing, where=wholes > 0)


def _mean_ratio(parts: np.ndarray, wholes: np.ndarray) -> float:
    """Mean of the ratios that there are, NaN if there is none."""
    ratios = _ratios(np.atleast_1d(parts), np.atleast_1d(wholes))
    ratios = ratios[~np.isnan(ratios)]
    return float(ratios.mean()) if ratios.size else float("nan")
