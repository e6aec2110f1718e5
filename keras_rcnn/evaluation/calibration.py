"""Whether a network is as often right as it is sure."""

import numpy as np

from keras_rcnn.evaluation.binned_accuracy import BinnedAccuracy

NUM_BINS = 15


class Calibration(BinnedAccuracy):
    """Accuracy by confidence, the probability of the label that was given.

    A calibrated network gives the right label to 80 % of the pixels that it
    labels with a probability of 0.8.

    Args:
        num_bins: bins of equal width from 0 to 1.

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
        """Mean over the pixels of how far their bin's accuracy is off.

        `sum over the bins of count / total * |accuracy - mean confidence|`,
        equation 3 of the reference; NaN if nothing was counted.
        """
        total = self.counts.sum()
        if not total:
            return float("nan")
        return float(np.abs(self.right - self.sums).sum() / total)
