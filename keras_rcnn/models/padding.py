"""Padding of photos, so that every pixel can be labeled."""

from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets.label_grids import LabelGrids
from keras_rcnn.datasets.sampling import Grids
from keras_rcnn.datasets.standardization import standardize
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL

Batch = tuple[tf.Tensor, Grids, Grids]


def pad_photos(photos: tf.Tensor, margin: int) -> tf.Tensor:
    """Pads with zeros, the mean color; standardizes integer photos first."""
    if photos.dtype.is_integer:
        photos = standardize(photos)
    photos = tf.cast(photos, tf.float32)
    return tf.pad(photos, [*_margins(margin), [0, 0]])


def padded_batch(
    data: Any, label_grids: LabelGrids, num_instances: int
) -> Batch:
    """Returns padded photos, and labels and weights by instance.

    Args:
        data: a batch as `InstanceSupervision` takes it.
        label_grids: of the model.
        num_instances: number of instances.

    Raises:
        InputError: if the label maps do not have the size of the photos.
    """
    photos, labels, weights = keras.utils.unpack_x_y_sample_weight(data)
    if isinstance(labels, dict):
        return photos, labels, weights
    sizes = photos.shape[1:3], labels.shape[1:3]
    if not sizes[0].is_compatible_with(sizes[1]):
        raise InputError(
            f"The photos have the size {sizes[0]} and the label maps "
            f"{sizes[1]}: give label maps of the size of the photos."
        )
    margin = label_grids.padding(num_instances)
    if weights is not None:
        if weights.shape.rank == 1:
            weights = weights[:, tf.newaxis, tf.newaxis]
        weights = tf.cast(weights, tf.float32)
        weights = tf.broadcast_to(weights, tf.shape(labels))
        weights = tf.pad(weights, _margins(margin))
    labels = tf.cast(labels, tf.int32)
    labels = tf.pad(labels, _margins(margin), constant_values=IGNORE_LABEL)
    grids = label_grids.targets(labels, num_instances, weights)
    return pad_photos(photos, margin), *grids


def _margins(margin: int) -> list[list[int]]:
    return [[0, 0], [margin, margin], [margin, margin]]
