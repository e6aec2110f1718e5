"""Accuracy of pixels by any number that they have."""

import numpy as np
import numpy.typing as npt


class BinnedAccuracy:
    """Counts pixels, and those of them that are right, by a number of theirs.

    Only the counts are kept, however many pixels there are.

    Args:
        edges: of the bins, rising. A bin holds its lower edge and not its
            upper one, but for the last, which holds both.

    >>> by_distance = BinnedAccuracy([1, 2, 4, np.inf])
    >>> by_distance.update([1, 1.5, 3, 9], [False, True, True, True])
    >>> by_distance.accuracies.tolist()
    [0.5, 1.0, 1.0]
    """

    def __init__(self, edges: npt.ArrayLike) -> None:
        self.edges = np.asarray(edges, np.float64)
        count = len(self.edges) - 1
        self.counts = np.zeros(count, np.int64)
        """int64 `(bins,)`, pixels in each."""
        self.right = np.zeros(count, np.int64)
        """int64 `(bins,)`, those of them that are right."""
        self.sums = np.zeros(count, np.float64)
        """float64 `(bins,)`, what their numbers add up to."""

    def update(self, numbers: npt.ArrayLike, right: npt.ArrayLike) -> None:
        """Counts pixels.

        Args:
            numbers: one of each pixel, of any shape.
            right: bool, of the same shape.

        Raises:
            ValueError: if the shapes differ or a number is in no bin.
        """
        numbers = np.asarray(numbers, np.float64)
        right = np.asarray(right, bool)
        if numbers.shape != right.shape:
            raise ValueError(
                f"numbers {numbers.shape} and right {right.shape} must have "
                "one shape."
            )
        numbers, right = numbers.ravel(), right.ravel()
        if not ((numbers >= self.edges[0]) & (numbers <= self.edges[-1])).all():
            raise ValueError(
                f"Numbers have to be from {self.edges[0]:g} to "
                f"{self.edges[-1]:g}."
            )
        bins = np.searchsorted(self.edges[1:-1], numbers, side="right")
        size = len(self.counts)
        self.counts += np.bincount(bins, minlength=size)
        self.right += np.bincount(bins[right], minlength=size)
        self.sums += np.bincount(bins, numbers, minlength=size)

    @property
    def accuracies(self) -> np.ndarray:
        """Part of the pixels of each bin that is right, NaN for an empty one.

        float64 `(bins,)`.
        """
        return self._per_pixel(self.right)

    @property
    def means(self) -> np.ndarray:
        """Mean number of the pixels of each bin, NaN for an empty one.

        float64 `(bins,)`.
        """
        return self._per_pixel(self.sums)

    def _per_pixel(self, sums: np.ndarray) -> np.ndarray:
        nothing = np.full(len(self.counts), np.nan)
        return np.divide(sums, self.counts, out=nothing, where=self.counts > 0)
