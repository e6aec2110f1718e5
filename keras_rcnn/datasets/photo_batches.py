"""Batches of photos and full-size label maps, for `model.fit`."""

import tensorflow as tf

from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.sampling import (
    Example,
    cut_window,
    draw_integer,
    mirrored_at_random,
    with_statistics,
)
from keras_rcnn.io.labels import IGNORE_LABEL


def labeled_batches(
    examples: tf.data.Dataset,
    batch_size: int,
    crop: tuple[int, int] | None,
    flip: bool,
    shuffle: bool,
    seed: int,
) -> tf.data.Dataset:
    """The batches of `SceneDataset.batches`, which describes them."""
    photos = parallel_map(examples, with_statistics).cache()
    if shuffle:
        photos = photos.shuffle(1024, seed=seed)
    draws = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)

    def photo_and_labels(
        example: Example, draw: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        top, left, mirror = tf.unstack(
            tf.random.split(tf.stack([tf.cast(seed, tf.int64), draw]), 3)
        )
        full_size = tf.shape(example["label"])
        size = full_size if crop is None else tf.constant(crop)
        spare = full_size - size
        image, label = cut_window(
            example,
            draw_integer(top, 0, spare[0]),
            draw_integer(left, 0, spare[1]),
            size,
        )
        image.set_shape((*(crop or (None, None)), 3))
        label.set_shape(crop or (None, None))
        if flip:
            image, label = mirrored_at_random(image, label, mirror)
        return image, label

    pairs = parallel_map(tf.data.Dataset.zip(photos, draws), photo_and_labels)
    padding = (0.0, tf.constant(IGNORE_LABEL, tf.uint8))
    batches = pairs.padded_batch(batch_size, padding_values=padding)
    return batches.prefetch(tf.data.AUTOTUNE)
