"""Patches around random labeled pixels, as the paper samples them."""

import tensorflow as tf

from keras_rcnn.datasets.geometry import Geometry
from keras_rcnn.datasets.label_grids import CenterGrids
from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.sampling import (
    Example,
    Grids,
    WindowSource,
    cut_window,
    sample_windows,
)
from keras_rcnn.io.labels import IGNORE_LABEL


def sample_patches(
    examples: tf.data.Dataset,
    geometry: Geometry,
    num_instances: int,
    batch_size: int,
    one_instance_at_random: bool = False,
    seed: int = 0,
    start: int = 0,
    context: tf.distribute.InputContext | None = None,
    data_service: WindowSource | None = None,
) -> tf.data.Dataset:
    """Patches of random photos, each with the label of its center pixel.

    Args:
        examples: labeled photos, as a `SceneDataset` holds them.
        geometry: of the stack f.
        num_instances: number of instances to train; the patch is the receptive
            field of the last one.
        batch_size: patches in a batch.
        one_instance_at_random: whether each patch trains one random instance
            (the paper's rCNN1, section 4.2) instead of all instances.
        seed: of every draw.
        start: number of batches to skip, for a run that is resumed.
        context: says which part of each batch this process takes.
        data_service: draws the same patches in other processes.

    Returns:
        Endless batches of float32 patches `(batch, size, size, 3)`, label
        grids and weights, as `CenterGrids.targets` describes them. Only the
        center of each grid has a weight.

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, sections 3.2 and 4.2.
    """
    size = geometry.receptive_field(num_instances)
    padding = geometry.padding(num_instances)
    grids = CenterGrids(geometry)
    middle = tf.range(size) == padding
    middle = middle[:, tf.newaxis] & middle

    def sample(example: Example, seed: tf.Tensor) -> tuple[tf.Tensor, ...]:
        seeds = tf.unstack(tf.random.split(seed, 2))
        labeled = tf.where(example["label"] != IGNORE_LABEL)
        choice = tf.random.stateless_uniform(
            (), seeds[0], 0, tf.shape(labeled)[0], tf.int32
        )
        row, column = tf.unstack(tf.cast(labeled[choice], tf.int32))
        image, label = cut_window(
            example, row - padding, column - padding, size
        )
        label = tf.where(middle, label, tf.cast(IGNORE_LABEL, label.dtype))
        instance = tf.random.stateless_uniform(
            (), seeds[1], 1, num_instances + 1, tf.int32
        )
        return tf.ensure_shape(image, (size, size, 3)), label, instance

    def with_grids(
        images: tf.Tensor, labels: tf.Tensor, chosen: tf.Tensor
    ) -> tuple[tf.Tensor, Grids, Grids]:
        targets, weights = grids.targets(labels, num_instances)
        if one_instance_at_random:
            for number, name in enumerate(weights, 1):
                weights[name] *= tf.cast(chosen == number, tf.float32)[
                    :, tf.newaxis, tf.newaxis
                ]
        return images, targets, weights

    windows = sample_windows(
        examples, sample, batch_size, seed, start, context, data_service
    )
    return parallel_map(windows, with_grids).prefetch(tf.data.AUTOTUNE)
