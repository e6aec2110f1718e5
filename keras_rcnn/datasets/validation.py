"""Whole photos with grids of labels, for validation."""

import tensorflow as tf

from keras_rcnn.datasets.label_grids import LabelGrids
from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.sampling import Grids
from keras_rcnn.datasets.standardization import standardize
from keras_rcnn.io.labels import IGNORE_LABEL


def validation_batches(
    examples: tf.data.Dataset, grids: LabelGrids, num_instances: int
) -> tf.data.Dataset:
    """Batches of one whole photo each.

    Photos are padded so that every pixel has a complete receptive field.

    Args:
        examples: labeled photos, as a `SceneDataset` holds them.
        grids: what the instances have to know.
        num_instances: number of instances to score.

    Returns:
        Batches of one float32 photo `(1, height, width, 3)`, targets and
        weights, as `LabelGrids.targets` describes them.
    """
    margin = [[grids.padding(num_instances)] * 2] * 2

    def prepare(
        example: dict[str, tf.Tensor],
    ) -> tuple[tf.Tensor, Grids, Grids]:
        image = tf.pad(standardize(example["image"]), [*margin, [0, 0]])
        label = tf.pad(example["label"], margin, constant_values=IGNORE_LABEL)
        targets, weights = grids.targets(label[tf.newaxis], num_instances)
        return image[tf.newaxis], targets, weights

    return parallel_map(examples, prepare).prefetch(tf.data.AUTOTUNE)
