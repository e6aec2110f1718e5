"""Batches of photos and full-size label maps, for `model.fit`."""

import tensorflow as tf

from keras_rcnn.datasets.sampling import (
    Example,
    cut_window,
    draw_integer,
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
    photos = examples.map(
        with_statistics, num_parallel_calls=tf.data.AUTOTUNE
    ).cache()
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
        if flip and tf.random.stateless_uniform((), mirror) < 0.5:
            image, label = image[:, ::-1], label[:, ::-1]
        return image, label

    pairs = tf.data.Dataset.zip(photos, draws).map(
        photo_and_labels, num_parallel_calls=tf.data.AUTOTUNE
    )
    padding = (0.0, tf.constant(IGNORE_LABEL, tf.uint8))
    batches = pairs.padded_batch(batch_size, padding_values=padding)
    return batches.prefetch(tf.data.AUTOTUNE)
