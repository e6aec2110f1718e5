"""Calibration: whether probabilities of labels are accuracies."""

import numpy as np

from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy

NUM_BINS = 15


class Calibration(BinnedAccuracy):
    """Accuracy by confidence, the probability of the label of a pixel.

    Of the pixels that a calibrated network labels with a probability of 0.8,
    80 % have the right label.

    Args:
        num_bins: number of bins of equal width from 0 to 1.

    >>> calibration = Calibration()
    >>> calibration.update([0.9, 0.9, 0.9, 0.6], [True, True, False, True])
    >>> round(calibration.expected_calibration_error, 3)
    0.275

    Reference:
        Guo et al., On Calibration of Modern Neural Networks, 2017,
        arXiv:1706.04599.
    """

    def __init__(self, num_bins: int = NUM_BINS) -> None:
        super().__init__(np.linspace(0, 1, num_bins + 1))

    @property
    def expected_calibration_error(self) -> float:
        """Expected calibration error, equation 3 of the reference.

        `sum over the bins of count / total * |accuracy - mean confidence|`;
        NaN if no pixel was counted.
        """
        total = self.counts.sum()
        if not total:
            return float("nan")
        return float(np.abs(self.right - self.sums).sum() / total)
