"""Accuracy of pixels by a number, such as a distance or a confidence."""

import numpy as np
import numpy.typing as npt


class BinnedAccuracy:
    """Counts all pixels and right pixels in bins of a number.

    Memory does not grow with the number of pixels.

    Args:
        edges: increasing edges of the bins. A bin includes its lower edge but
            not its upper edge; the last bin includes both.

    >>> by_distance = BinnedAccuracy([1, 2, 4, np.inf])
    >>> by_distance.update([1, 1.5, 3, 9], [False, True, True, True])
    >>> by_distance.accuracies.tolist()
    [0.5, 1.0, 1.0]
    """

    def __init__(self, edges: npt.ArrayLike) -> None:
        self.edges = np.asarray(edges, np.float64)
        count = len(self.edges) - 1
        self.counts = np.zeros(count, np.int64)
        """int64 `(bins,)`, number of pixels."""
        self.right = np.zeros(count, np.int64)
        """int64 `(bins,)`, number of right pixels."""
        self.sums = np.zeros(count, np.float64)
        """float64 `(bins,)`, sum of the numbers of the pixels."""

    def update(self, numbers: npt.ArrayLike, right: npt.ArrayLike) -> None:
        """Counts pixels.

        Args:
            numbers: one number for each pixel, of any shape.
            right: bool, of the same shape, whether the label is right.

        Raises:
            ValueError: if the shapes differ or a number is outside all bins.
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
                f"Numbers must be from {self.edges[0]:g} to {self.edges[-1]:g}."
            )
        bins = np.searchsorted(self.edges[1:-1], numbers, side="right")
        size = len(self.counts)
        self.counts += np.bincount(bins, minlength=size)
        self.right += np.bincount(bins[right], minlength=size)
        self.sums += np.bincount(bins, numbers, minlength=size)

    @property
    def accuracies(self) -> np.ndarray:
        """Fraction of right pixels in each bin, NaN for an empty bin.

        float64 `(bins,)`.
        """
        return self._per_pixel(self.right)

    @property
    def means(self) -> np.ndarray:
        """Mean number of the pixels in each bin, NaN for an empty bin.

        float64 `(bins,)`.
        """
        return self._per_pixel(self.sums)

    def _per_pixel(self, sums: np.ndarray) -> np.ndarray:
        nothing = np.full(len(self.counts), np.nan)
        return np.divide(sums, self.counts, out=nothing, where=self.counts > 0)
