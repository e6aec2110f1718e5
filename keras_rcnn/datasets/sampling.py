"""Windows of padded photos, for sampling of patches and of crops."""

from collections.abc import Callable
from typing import Protocol

import tensorflow as tf
from tensorflow.autograph.experimental import do_not_convert

from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.standardization import statistics
from keras_rcnn.io.labels import IGNORE_LABEL

Example = dict[str, tf.Tensor]
Grids = dict[str, tf.Tensor]
Sample = Callable[[Example, tf.Tensor], tuple[tf.Tensor, ...]]
"""Function of (example, stateless seed) that draws one window."""


def instance_name(instance: int) -> str:
    """Key of the grid of an instance, counted from 1."""
    return f"instance_{instance}"


class WindowSource(Protocol):
    """Something that draws the windows elsewhere, such as `DataService`."""

    def sample_windows(
        self,
        examples: tf.data.Dataset,
        sample: Sample,
        batch_size: int,
        seed: int,
        start: int,
        context: tf.distribute.InputContext,
    ) -> tf.data.Dataset:
        """The same batches in the same order as `sample_windows`."""


def examples_to_sample(examples: tf.data.Dataset) -> tf.data.Dataset:
    """Photos with at least one labeled pixel, with their mean and std.

    Windows are standardized by the mean and standard deviation of the whole
    photo.
    """
    return parallel_map(with_labels(examples), with_statistics)


def with_labels(examples: tf.data.Dataset) -> tf.data.Dataset:
    """The examples with at least one labeled pixel."""
    return examples.filter(
        do_not_convert(
            lambda example: tf.reduce_any(example["label"] != IGNORE_LABEL)
        )
    )


def reshuffled(elements: tf.data.Dataset, seed: int) -> tf.data.Dataset:
    """Repeats the elements without end, in another order each time."""
    return elements.shuffle(1024, seed=seed).repeat()


def with_statistics(example: Example) -> Example:
    """Adds the mean and the standard deviation of the photo."""
    mean, std = statistics(example["image"])
    return {
        "image": example["image"],
        "label": example["label"],
        "mean": mean,
        "std": std,
    }


def sample_windows(
    examples: tf.data.Dataset,
    sample: Sample,
    batch_size: int,
    seed: int,
    start: int,
    context: tf.distribute.InputContext | None = None,
    data_service: WindowSource | None = None,
) -> tf.data.Dataset:
    """Batches of windows drawn by `sample`, the same for the same seed.

    Args:
        examples: labeled photos, finite.
        sample: function of (example, stateless seed) that draws one window.
        batch_size: windows in a batch, over all replicas.
        seed: of the order of the photos and of every draw.
        start: number of batches to skip, for a run that is resumed.
        context: says which part of each batch this process takes; None for
            all of it. The parts of all workers together are one batch.
        data_service: draws the same windows in other processes; None to draw
            them here.
    """
    context = context or tf.distribute.InputContext()
    if data_service:
        return data_service.sample_windows(
            examples, sample, batch_size, seed, start, context
        )
    draws = tf.data.Dataset.counter(dtype=tf.int32)
    photos = examples_to_sample(examples).cache()
    pairs = (
        tf.data.Dataset.zip(reshuffled(photos, seed), draws)
        .skip(start * batch_size)
        .shard(context.num_input_pipelines, context.input_pipeline_id)
    )
    windows = parallel_map(
        pairs, lambda example, draw: sample(example, tf.stack([seed, draw]))
    )
    return windows.batch(
        context.get_per_replica_batch_size(batch_size), drop_remainder=True
    )


def mirrored_at_random(
    image: tf.Tensor, label: tf.Tensor, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mirrors every second window, left to right."""
    mirror = tf.random.stateless_uniform((), seed) < 0.5
    return (
        tf.where(mirror, image[:, ::-1], image),
        tf.where(mirror, label[:, ::-1], label),
    )


def draw_integer(
    seed: tf.Tensor, low: tf.Tensor | int, high: tf.Tensor
) -> tf.Tensor:
    """A random integer from `low` to `high`, both included.

    Returns:
        `low` if `high` is less.
    """
    return tf.random.stateless_uniform(
        (), seed, low, tf.maximum(high, low) + 1, tf.int32
    )


def cut_window(
    example: Example, top: tf.Tensor, left: tf.Tensor, size: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """A window of the standardized photo, padded outside the photo.

    Args:
        example: photo with labels, mean and standard deviation.
        top: first row, in pixels; may be negative.
        left: first column, in pixels; may be negative.
        size: side of the window, or its height and width, in pixels.

    Returns:
        float32 `(height, width, 3)`, zero outside the photo, and uint8
        `(height, width)`, unknown outside the photo.
    """
    shape = tf.shape(example["label"])
    first = tf.stack([top, left])
    begin = tf.clip_by_value(first, 0, shape)
    end = tf.clip_by_value(first + size, 0, shape)
    image = example["image"][begin[0] : end[0], begin[1] : end[1]]
    label = example["label"][begin[0] : end[0], begin[1] : end[1]]
    image = tf.cast(image, tf.float32) - example["mean"]
    before = begin - first
    after = size - (end - begin) - before
    margins = tf.stack([before, after], axis=1)
    return (
        tf.pad(image / example["std"], tf.pad(margins, ((0, 1), (0, 0)))),
        tf.pad(label, margins, constant_values=IGNORE_LABEL),
    )
