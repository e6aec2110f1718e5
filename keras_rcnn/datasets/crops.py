"""Crops with a grid of labels each, for dense training."""

import math

import tensorflow as tf

from keras_rcnn.datasets.geometry import Geometry
from keras_rcnn.datasets.sampling import (
    Example,
    WindowSource,
    cut_window,
    draw_integer,
    grids_of_labels,
    sample_windows,
)


def sample_crops(
    examples: tf.data.Dataset,
    geometry: Geometry,
    num_instances: int,
    grid_size: int,
    batch_size: int,
    scale_range: tuple[float, float] = (1.0, 1.0),
    flip: bool = False,
    color_jitter: float = 0.0,
    cutout: float = 0.0,
    seed: int = 0,
    start: int = 0,
    context: tf.distribute.InputContext | None = None,
    data_service: WindowSource | None = None,
) -> tf.data.Dataset:
    """Random crops of the padded photos, with a grid of labels each.

    The grid lies inside the photo. Receptive fields may reach beyond it.

    Args:
        examples: labeled photos, as a `SceneDataset` holds them.
        geometry: of the stack f.
        num_instances: number of instances to train.
        grid_size: labels along a side of the last instance's score maps.
        batch_size: crops in a batch.
        scale_range: smallest and largest magnification, drawn log-uniformly.
        flip: whether to mirror about half of the crops left to right.
        color_jitter: maximum change of color. The color of each pixel is
            multiplied by the identity plus a random matrix with entries up to
            this value.
        cutout: maximum fraction of a crop's sides that a rectangle of the
            photo's mean color hides. Its labels still count.
        seed: of every draw.
        start: number of batches to skip, for a run that is resumed.
        context: says which part of each batch this process takes.
        data_service: draws the same crops in other processes.

    Returns:
        Endless batches of float32 crops `(batch, size, size, 3)`, label
        grids and weights, as `grids_of_labels` describes them.
    """
    size = geometry.input_size(grid_size, num_instances)
    padding = geometry.padding(num_instances)

    def sample(
        example: Example, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        seeds = tf.unstack(tf.random.split(seed, 6))
        low, high = map(math.log, scale_range)
        scale = tf.exp(tf.random.stateless_uniform((), seeds[0], low, high))
        pixels = tf.cast(tf.round(size / scale), tf.int32)
        margin = tf.cast(tf.round(padding / scale), tf.int32)
        height, width = tf.unstack(tf.shape(example["label"]))
        image, label = cut_window(
            example,
            draw_integer(seeds[1], -margin, height + margin - pixels),
            draw_integer(seeds[2], -margin, width + margin - pixels),
            pixels,
        )
        image, label = _resize(image, label, size)
        if flip and tf.random.stateless_uniform((), seeds[3]) < 0.5:
            image, label = image[:, ::-1], label[:, ::-1]
        if color_jitter:
            image = _change_colors(image, color_jitter, seeds[4])
        if cutout:
            image = _cut_out(image, cutout, seeds[5])
        return image, label

    windows = sample_windows(
        examples, sample, batch_size, seed, start, context, data_service
    )
    return windows.map(
        lambda images, labels: (
            images,
            *grids_of_labels(labels, geometry, num_instances),
        ),
        num_parallel_calls=tf.data.AUTOTUNE,
    ).prefetch(tf.data.AUTOTUNE)


def _change_colors(
    image: tf.Tensor, max_change: float, seed: tf.Tensor
) -> tf.Tensor:
    change = tf.random.stateless_uniform((3, 3), seed, -max_change, max_change)
    return tf.tensordot(image, tf.eye(3) + change, 1)


def _cut_out(
    image: tf.Tensor, max_fraction: float, seed: tf.Tensor
) -> tf.Tensor:
    sides, corner = tf.unstack(tf.random.stateless_uniform((2, 2), seed))
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    sides *= max_fraction * size
    corner *= size - sides
    hidden = [
        (places >= corner[axis]) & (places < corner[axis] + sides[axis])
        for axis, places in enumerate(map(tf.range, tf.unstack(size)))
    ]
    hidden = hidden[0][:, tf.newaxis] & hidden[1]
    return tf.where(hidden[..., tf.newaxis], 0.0, image)


def _resize(
    image: tf.Tensor, label: tf.Tensor, size: int
) -> tuple[tf.Tensor, tf.Tensor]:
    # Antialiasing triples the time and matters only for smaller images.
    image = tf.cond(
        tf.shape(image)[0] > size,
        lambda: tf.image.resize(image, (size, size), antialias=True),
        lambda: tf.image.resize(image, (size, size)),
    )
    label = tf.image.resize(label[..., tf.newaxis], (size, size), "nearest")
    image.set_shape((size, size, 3))
    return image, label[..., 0]
