"""Whole photos with grids of labels, for validation."""

import tensorflow as tf

from keras_rcnn.datasets.geometry import Geometry
from keras_rcnn.datasets.sampling import Grids, grids_of_labels
from keras_rcnn.datasets.standardization import standardize
from keras_rcnn.io.labels import IGNORE_LABEL


def validation_batches(
    examples: tf.data.Dataset, geometry: Geometry, num_instances: int
) -> tf.data.Dataset:
    """Batches of one whole photo each.

    Photos are padded so that every pixel has a complete receptive field.

    Args:
        examples: labeled photos, as a `SceneDataset` holds them.
        geometry: of the stack f.
        num_instances: number of instances to score.

    Returns:
        Batches of one float32 photo `(1, height, width, 3)`, label grids and
        weights, as `grids_of_labels` describes them.
    """
    margin = [[geometry.padding(num_instances)] * 2] * 2

    def prepare(
        example: dict[str, tf.Tensor],
    ) -> tuple[tf.Tensor, Grids, Grids]:
        image = tf.pad(standardize(example["image"]), [*margin, [0, 0]])
        label = tf.pad(example["label"], margin, constant_values=IGNORE_LABEL)
        targets, weights = grids_of_labels(
            label[tf.newaxis], geometry, num_instances
        )
        return image[tf.newaxis], targets, weights

    return examples.map(prepare, num_parallel_calls=tf.data.AUTOTUNE).prefetch(
        tf.data.AUTOTUNE
    )
