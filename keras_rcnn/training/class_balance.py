"""Weights of the classes in the loss."""

import numpy as np

from keras_rcnn.datasets.pixel_counts import class_shares
from keras_rcnn.datasets.scene_dataset import SceneDataset

# Gives a class that is missing from the photos a finite weight.
SMALLEST_SHARE = 1e-4


def class_weights(dataset: SceneDataset, exponent: float) -> list[float]:
    """`share of the class ** -exponent`, scaled to a mean of 1 over pixels.

    Args:
        dataset: labeled photos, whose pixels are counted.
        exponent: 0 for no balance, 1 for classes that count alike.
    """
    if not exponent:
        return [1.0] * dataset.num_classes
    shares = np.maximum(class_shares(dataset)[0], SMALLEST_SHARE)
    weights = shares**-exponent
    return (weights / np.sum(weights * shares)).tolist()
