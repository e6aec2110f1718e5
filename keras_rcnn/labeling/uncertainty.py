"""How uncertain labels are."""

import numpy as np

from keras_rcnn.labeling.batch_labeler import no_probabilities
from keras_rcnn.labeling.labeler import Labeler


def label_with_uncertainty(
    labeler: Labeler, photos: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and how uncertain each of them is.

    The uncertainty of a pixel is 1 minus the probability of its label: of the
    pixels with 0.2, a calibrated model labels 20 % wrong.

    Args:
        labeler: of any model that gives probabilities.
        photos: uint8 `(height, width, 3)` or `(batch, height, width, 3)`.

    Returns:
        Labels and uncertainties, uint8 and float32, of the shape of labels.

    Raises:
        InputError: if the model gives no probabilities.
    """
    labels, confidence = labeler.label_with_confidence(photos)
    if confidence is None:
        raise no_probabilities()
    return labels, 1 - np.clip(confidence, 0, 1)


def uncertainty_picture(uncertainty: np.ndarray) -> np.ndarray:
    """Uncertainties from 0 to 1 as uint8 from 0 to 255.

    >>> uncertainty_picture(np.array([[0, 0.2, 1]], np.float32))
    array([[  0,  51, 255]], dtype=uint8)
    """
    return np.rint(255 * uncertainty).astype(np.uint8)
