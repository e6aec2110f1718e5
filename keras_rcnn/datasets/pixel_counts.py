"""Numbers of pixels of the classes."""

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.scene_dataset import SceneDataset


def class_shares(dataset: SceneDataset) -> tuple[np.ndarray, float]:
    """Fraction of each class among the labeled pixels of a data set.

    Returns:
        float64 `(num_classes,)` with the sum 1, or all 0 if no pixel is
        labeled; and the fraction of unknown pixels among all pixels.
    """
    counts = np.zeros(256, np.int64)
    counted = parallel_map(
        dataset.examples,
        lambda example: tf.math.bincount(
            tf.cast(example["label"], tf.int32), minlength=256
        ),
    )
    for count in counted.as_numpy_iterator():
        counts += count
    labeled = counts[: dataset.num_classes]
    shares = labeled / max(1, labeled.sum())
    return shares, float(1 - labeled.sum() / max(1, counts.sum()))
