"""Scores outside an image, where all patches are alike."""

import contextlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from keras_rcnn.layers.conv_stack import IMAGE_CHANNELS
from keras_rcnn.models.recurrent_cnn import RecurrentCNN


class ConstantMargin:
    """Applies f only where its patches touch the image.

    Later instances look far around the image: with three of them each photo
    is padded by 77 pixels on every side, but the patches of the first, 23
    pixels wide, see nothing but padding beyond the eleventh. There its scores
    are those of an empty patch, which is scored once.

    Args:
        model: the network.
        num_instances: instances that the images are padded for.
        images: before they are padded.
        margins: as for `pad_for_all_pixels`.
        frozen: whether the weights will not change, so that graphs hold the
            scores of empty patches as constants.
    """

    def __init__(
        self,
        model: RecurrentCNN,
        num_instances: int,
        images: tf.Tensor,
        margins: tf.Tensor | None = None,
        frozen: bool = False,
    ) -> None:
        self.model = model
        self.num_instances = num_instances
        self.frozen = frozen
        padding = model.geometry.padding(num_instances)
        self.starts = (
            tf.constant((padding, padding))
            if margins is None
            else padding - margins[:, 0]
        )
        self.ends = self.starts + tf.shape(images)[1:3]
        self._empty: Any = np.zeros((1, 1, 1, IMAGE_CHANNELS), np.float32)

    def apply(
        self,
        planes: tf.Tensor,
        instance: int,
        stack: Callable[[tf.Tensor], tf.Tensor],
    ) -> tf.Tensor:
        """The scores of f, as if it had been applied to all of them.

        Of the last instance, those of the pixels of the image.

        Args:
            planes: what that instance is applied to, made of whole padded
                images: all their fragments, of pixels for instance 1.
            instance: counted from 1, in this order at each call.
            stack: f, at all offsets of each pooling that are of interest.
        """
        with tf.init_scope() if self.frozen else contextlib.nullcontext():
            score = self._score_of_empty_patch(planes.dtype)
        rows, columns = (
            self._touching(tf.shape(planes)[1 + axis], axis, instance)
            for axis in (0, 1)
        )
        scores = stack(planes[:, rows.inputs, columns.inputs])
        if instance == self.num_instances:
            # Every pixel's patch touches the image; what is missing lies
            # beyond them.
            return scores
        margins = ((0, 0), rows.margins, columns.margins, (0, 0))
        # Padded with zeros, as exported graphs would hold all other margins.
        return tf.pad(scores - score, margins) + score

    def _score_of_empty_patch(self, dtype: tf.DType) -> tf.Tensor:
        size = self.model.geometry.receptive_field(1)
        patch = tf.tile(tf.cast(self._empty, dtype), (1, size, size, 1))
        score = self.model.conv_stack(patch)
        self._empty = tf.pad(score, ((0, 0),) * 3 + ((0, IMAGE_CHANNELS),))
        return score

    def _touching(
        self, num_planes: tf.Tensor, axis: int, instance: int
    ) -> "_Touching":
        """Cells along one axis whose patches touch the image.

        The patch of cell u at offset o of the fragments begins at pixel
        o + stride * u of the padded image.
        """
        geometry = self.model.geometry
        step = geometry.output_stride()
        stride = geometry.output_stride(instance)
        size = num_planes
        for kernel, pool_size in geometry.layers:
            size = (size - kernel + 1) // pool_size
        start = self.starts[axis] + 2 - geometry.receptive_field(instance)
        first = tf.maximum(0, -(-(start - stride) // stride))
        last = (self.ends[axis] - 1) // stride
        count = tf.minimum(last + 1, size) - first
        end = step * first + geometry.input_size(count) + step - 1
        return _Touching(
            slice(step * first, end), (first, size - first - count)
        )


class _Touching(NamedTuple):
    """Cells of the planes to apply f to, and scores missing around."""

    inputs: slice
    margins: tuple[int, tf.Tensor]
