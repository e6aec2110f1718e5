"""Crops with a grid of labels each, for dense training."""

import math

import tensorflow as tf

from keras_rcnn.datasets.label_grids import LabelGrids
from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.sampling import (
    Example,
    WindowSource,
    cut_window,
    draw_integer,
    mirrored_at_random,
    sample_windows,
)


def sample_crops(
    examples: tf.data.Dataset,
    grids: LabelGrids,
    num_instances: int,
    grid_size: int | tuple[int, int],
    batch_size: int,
    scale_range: tuple[float, float] = (1.0, 1.0),
    flip: bool = False,
    color_jitter: float = 0.0,
    brightness_jitter: float = 0.0,
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
        grids: what the instances learn.
        num_instances: number of instances to train.
        grid_size: labels along a side of the last instance's score maps, or
            along their height and width.
        batch_size: crops in a batch.
        scale_range: smallest and largest magnification, drawn log-uniformly.
        flip: whether to mirror about half of the crops left to right.
        color_jitter: maximum change of color. The color of each pixel is
            multiplied by the identity plus a random matrix with entries up to
            this value.
        brightness_jitter: maximum change of brightness. Each crop is
            multiplied by a factor up to `exp` of this value, and a number up
            to this value is added to each channel.
        cutout: maximum fraction of a crop's sides that a rectangle of the
            photo's mean color hides. Its labels still count.
        seed: of every draw.
        start: number of batches to skip, for a run that is resumed.
        context: says which part of each batch this process takes.
        data_service: draws the same crops in other processes.

    Returns:
        Endless batches of float32 crops `(batch, height, width, 3)`, targets
        and weights, as `LabelGrids.targets` describes them.
    """
    if isinstance(grid_size, int):
        grid_size = (grid_size, grid_size)
    height, width = (
        grids.input_size(side, num_instances) for side in grid_size
    )
    size = height, width
    padding = grids.padding(num_instances)

    def sample(
        example: Example, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        seeds = tf.unstack(tf.random.split(seed, 6 + bool(brightness_jitter)))
        low, high = map(math.log, scale_range)
        scale = tf.exp(tf.random.stateless_uniform((), seeds[0], low, high))
        pixels = tf.cast(
            tf.round(tf.constant(size, tf.float32) / scale), tf.int32
        )
        margin = tf.cast(tf.round(padding / scale), tf.int32)
        spare = tf.shape(example["label"]) + margin - pixels
        image, label = cut_window(
            example,
            draw_integer(seeds[1], -margin, spare[0]),
            draw_integer(seeds[2], -margin, spare[1]),
            pixels,
        )
        image, label = _resize(image, label, size)
        if flip:
            image, label = mirrored_at_random(image, label, seeds[3])
        if color_jitter:
            image = _change_colors(image, color_jitter, seeds[4])
        if brightness_jitter:
            image = _change_brightness(image, brightness_jitter, seeds[6])
        if cutout:
            image = _cut_out(image, cutout, seeds[5])
        return image, label

    windows = sample_windows(
        examples, sample, batch_size, seed, start, context, data_service
    )
    return parallel_map(
        windows,
        lambda images, labels: (
            images,
            *grids.targets(labels, num_instances),
        ),
    ).prefetch(tf.data.AUTOTUNE)


def _change_colors(
    image: tf.Tensor, max_change: float, seed: tf.Tensor
) -> tf.Tensor:
    change = tf.random.stateless_uniform((3, 3), seed, -max_change, max_change)
    return tf.tensordot(image, tf.eye(3) + change, 1)


def _change_brightness(
    image: tf.Tensor, max_change: float, seed: tf.Tensor
) -> tf.Tensor:
    change = tf.random.stateless_uniform((4,), seed, -max_change, max_change)
    return image * tf.exp(change[0]) + change[1:]


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
    image: tf.Tensor, label: tf.Tensor, size: tuple[int, int]
) -> tuple[tf.Tensor, tf.Tensor]:
    # Antialiasing triples the time and matters only for smaller images.
    image = tf.cond(
        tf.shape(image)[0] > size[0],
        lambda: tf.image.resize(image, size, antialias=True),
        lambda: tf.image.resize(image, size),
    )
    label = tf.image.resize(label[..., tf.newaxis], size, "nearest")
    image.set_shape((*size, 3))
    return image, label[..., 0]
