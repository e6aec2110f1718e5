"""Scores outside an image, where all patches are alike."""

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_rcnn.layers.conv_stack import IMAGE_CHANNELS
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.layers.stack_ops import StackOps
from keras_rcnn.models.recurrent_cnn import RecurrentCNN


@dataclasses.dataclass(frozen=True)
class ConstantMargin:
    """Applies f only where its patches touch the image.

    Later instances see a large area around the image: with three instances
    each photo is padded by 77 pixels on every side. But the patches of the
    first instance, 23 pixels wide, see only padding from the twelfth pixel
    on. There its scores equal the scores of an empty patch, computed once.

    Args:
        geometry: of the stack f.
        num_instances: number of instances that the images are padded for.
        starts: row and column of the padded images at which the images start,
            int32 `(2,)`.
        ends: row and column after the last of the images, int32 `(2,)`.
        empty_scores: scores of an empty patch, `(1, 1, 1, num_classes)`, for
            each instance before the last.
    """

    geometry: StackGeometry
    num_instances: int
    starts: tf.Tensor
    ends: tf.Tensor
    empty_scores: list[Any]

    @classmethod
    def of(
        cls,
        model: RecurrentCNN,
        num_instances: int,
        images: tf.Tensor,
        margins: tf.Tensor | None = None,
        frozen: bool = False,
    ) -> "ConstantMargin":
        """The margin of images.

        Args:
            model: the network.
            num_instances: number of instances that the images are padded for.
            images: before they are padded.
            margins: see `pad_for_all_pixels`.
            frozen: whether the weights will not change, so that a graph may
                hold the scores of empty patches as constants.
        """
        padding = model.geometry.padding(num_instances)
        starts = (
            tf.constant((padding, padding))
            if margins is None
            else padding - margins[:, 0]
        )
        ends = starts + tf.shape(images)[1:3]
        empty_scores = _empty_scores(model, num_instances - 1, frozen)
        return cls(model.geometry, num_instances, starts, ends, empty_scores)

    def score(
        self,
        planes: tf.Tensor,
        instance: int,
        stack: Callable[[tf.Tensor, int], tf.Tensor],
    ) -> tf.Tensor:
        """Returns the scores of an instance, as if f was applied everywhere.

        The last instance gets the scores of the pixels of the image only.

        Args:
            planes: input of the instance, of whole padded images: all their
                fragments, or the pixels for instance 1.
            instance: counted from 1.
            stack: function of (planes, instance) that applies f at all
                wanted offsets of each pooling.
        """
        size, first, end = self._touching(tf.shape(planes)[1:3], instance)
        scores = stack(self._visible(planes, first, end), instance)
        if instance == self.num_instances:
            # The patch of every pixel touches the image.
            return scores
        score = self.empty_scores[instance - 1]
        margins = tf.stack([first, size - end], axis=1)
        # Padding with zeros: exported graphs would hold all other margins.
        margins = tf.pad(margins, ((1, 1), (0, 0)))
        return tf.pad(scores - score, margins) + score

    def _touching(
        self, sizes: tf.Tensor, instance: int
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Cells whose patches touch the image: number, first and end.

        The patch of cell u at offset o of the fragments begins at pixel
        o + stride * u of the padded image. Each result is int32 `(2,)`, for
        rows and columns, as the sizes of the planes are.
        """
        stride = self.geometry.output_stride(instance)
        field = self.geometry.receptive_field(instance)
        below = self.geometry.receptive_field() - 1
        size = (sizes - below) // self.geometry.output_stride()
        first = tf.maximum(0, (self.starts + 1 - field) // stride)
        end = tf.minimum(size, (self.ends - 1) // stride + 1)
        return size, first, end

    def _visible(
        self, planes: tf.Tensor, first: tf.Tensor, end: tf.Tensor
    ) -> tf.Tensor:
        """The part of the planes that these cells see, at all offsets."""
        step = self.geometry.output_stride()
        field = self.geometry.receptive_field()
        size = step * (end - first) + field - 1
        part = tf.slice(
            planes,
            tf.pad(step * first, ((1, 1),)),
            tf.pad(size, ((1, 1),), constant_values=-1),
        )
        part.set_shape((None, None, None, planes.shape[-1]))
        return part


def _empty_scores(model: RecurrentCNN, count: int, frozen: bool) -> list[Any]:
    """Scores of a patch of zeros, for the first instances."""
    size = model.geometry.receptive_field(1)
    # One patch: plain operations, as others would only enlarge the graph.
    plain = StackOps(_plain_convolve)
    scores = []
    with tf.init_scope() if frozen else contextlib.nullcontext():
        cell = tf.zeros((1, 1, 1, IMAGE_CHANNELS))
        for _ in range(count):
            patch = tf.tile(cell, (1, size, size, 1))
            scores.append(model.conv_stack(patch, stack_ops=plain))
            planes = model.feed_back(scores[-1])
            cell = tf.pad(planes, ((0, 0),) * 3 + ((0, IMAGE_CHANNELS),))
        # As arrays: tensors would be inputs of the graph.
        return [score.numpy() for score in scores] if frozen else scores


def _plain_convolve(planes: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(planes, kernel, 1, "VALID")
