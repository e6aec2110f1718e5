"""Scores outside an image, where all patches are alike."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.layers.conv_stack import IMAGE_CHANNELS, max_pool
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
        size, first, end = self._touching(tf.shape(planes)[1:3], instance)
        scores = stack(self._under(planes, first, end))
        if instance == self.num_instances:
            # Every pixel's patch touches the image; what is missing lies
            # beyond them.
            return scores
        if self.frozen:
            with tf.init_scope():
                # As an array: a tensor would be an input of the graph.
                score = self._score_of_empty_patch(planes.dtype).numpy()
        else:
            score = self._score_of_empty_patch(planes.dtype)
        margins = tf.stack([first, size - end], axis=1)
        # Padded with zeros, as exported graphs would hold all other margins.
        margins = tf.pad(margins, ((1, 1), (0, 0)))
        return tf.pad(scores - score, margins) + score

    def _score_of_empty_patch(self, dtype: tf.DType) -> tf.Tensor:
        size = self.model.geometry.receptive_field(1)
        patch = tf.tile(tf.cast(self._empty, dtype), (1, size, size, 1))
        score = self.model.conv_stack(patch, pool=_pool, convolve=_convolve)
        planes = self.model.feed_back(score)
        self._empty = tf.pad(planes, ((0, 0),) * 3 + ((0, IMAGE_CHANNELS),))
        return score

    def _touching(
        self, sizes: tf.Tensor, instance: int
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Cells whose patches touch the image: how many, the first, the end.

        The patch of cell u at offset o of the fragments begins at pixel
        o + stride * u of the padded image. Each for rows and columns,
        int32 `(2,)`, like the sizes of the planes.
        """
        geometry = self.model.geometry
        stride = geometry.output_stride(instance)
        field = geometry.receptive_field(instance)
        below = geometry.receptive_field() - 1
        size = (sizes - below) // geometry.output_stride()
        first = tf.maximum(0, (self.starts + 1 - field) // stride)
        end = tf.minimum(size, (self.ends - 1) // stride + 1)
        return size, first, end

    def _under(
        self, planes: tf.Tensor, first: tf.Tensor, end: tf.Tensor
    ) -> tf.Tensor:
        """What these cells see, at all offsets."""
        step = self.model.geometry.output_stride()
        field = self.model.geometry.receptive_field()
        size = step * (end - first) + field - 1
        part = tf.slice(
            planes,
            tf.pad(step * first, ((1, 1),)),
            tf.pad(size, ((1, 1),), constant_values=-1),
        )
        part.set_shape((None, None, None, planes.shape[-1]))
        return part


def _pool(planes: tf.Tensor, pool_size: int) -> tf.Tensor:
    # One patch is nothing to arrange in clever ways, which make large graphs.
    return max_pool(planes, pool_size)


def _convolve(planes: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(planes, kernel, 1, "VALID")
