"""What the instances of a network learn at each cell of their grids."""

import abc
from typing import Any

import tensorflow as tf

from keras_rcnn.datasets.geometry import Geometry, Strides
from keras_rcnn.datasets.sampling import Grids, instance_name
from keras_rcnn.io.labels import IGNORE_LABEL


class LabelGrids(abc.ABC):
    """Where the scores of a network lie in a photo, and what they learn."""

    _geometry: Any

    @abc.abstractmethod
    def padding(self, num_instances: int) -> int:
        """Pixels to pad on each side of a photo, so that all can be scored."""

    @abc.abstractmethod
    def input_size(self, grid_size: int, num_instances: int) -> int:
        """Pixels that give a number of scores of the last instance."""

    @abc.abstractmethod
    def targets(
        self,
        labels: tf.Tensor,
        num_instances: int,
        pixel_weights: tf.Tensor | None = None,
    ) -> tuple[Grids, Grids]:
        """What each instance learns, and how much it counts.

        Args:
            labels: integers `(batch, height, width)`, one for each pixel of
                the input of the network.
            num_instances: number of instances.
            pixel_weights: float32, of the labels; None weighs all equally.

        Returns:
            Two dicts by instance: int32 labels `(batch, rows, columns)` or
            float32 shares of the classes `(batch, rows, columns, classes)`,
            and float32 weights `(batch, rows, columns)`, 0 where nothing is
            known.
        """

    def crop(self, scores: Grids, height: tf.Tensor, width: tf.Tensor) -> Grids:
        """Removes the scores of the padding.

        Args:
            scores: of every instance of a padded photo.
            height: of the photo without padding, in pixels.
            width: of the photo without padding, in pixels.
        """
        cropped = {}
        for instance in range(1, len(scores) + 1):
            stride = self._geometry.output_stride(instance)
            first = self._cells_of_padding(instance, len(scores))
            rows, columns = (-(-size // stride) for size in (height, width))
            name = instance_name(instance)
            cropped[name] = scores[name][
                :, first : first + rows, first : first + columns
            ]
        return cropped

    def _cells_of_padding(self, instance: int, num_instances: int) -> int:
        """Number of cells of an instance that lie before the photo."""
        return 0


class CenterGrids(LabelGrids):
    """The labels of the pixels in the center of each receptive field.

    Args:
        geometry: of the stack f.
    """

    def __init__(self, geometry: Geometry) -> None:
        self._geometry = geometry

    def padding(self, num_instances: int) -> int:
        """See `LabelGrids`."""
        return self._geometry.padding(num_instances)

    def input_size(self, grid_size: int, num_instances: int) -> int:
        """See `LabelGrids`."""
        return self._geometry.input_size(grid_size, num_instances)

    def targets(
        self,
        labels: tf.Tensor,
        num_instances: int,
        pixel_weights: tf.Tensor | None = None,
    ) -> tuple[Grids, Grids]:
        """See `LabelGrids`; int32 labels, and 0 where they are unknown."""
        targets, weights = {}, {}
        shape = tf.shape(labels)
        for instance in range(1, num_instances + 1):
            grid = self._centers(labels, instance, shape)
            known = grid != IGNORE_LABEL
            name = instance_name(instance)
            targets[name] = tf.where(known, tf.cast(grid, tf.int32), 0)
            weight = tf.cast(known, tf.float32)
            if pixel_weights is not None:
                weight *= self._centers(pixel_weights, instance, shape)
            weights[name] = weight
        return targets, weights

    def _cells_of_padding(self, instance: int, num_instances: int) -> int:
        # The earlier instances score the padding as well.
        geometry = self._geometry
        spare = geometry.padding(num_instances) - geometry.padding(instance)
        return spare // geometry.output_stride(instance)

    def _centers(
        self, labels: tf.Tensor, instance: int, shape: tf.Tensor
    ) -> tf.Tensor:
        first = self._geometry.padding(instance)
        stride = self._geometry.output_stride(instance)
        height, width = (self._size(shape[axis], instance) for axis in (1, 2))
        return labels[:, first::stride, first::stride][:, :height, :width]

    def _size(self, size: tf.Tensor, instance: int) -> tf.Tensor:
        for kernel, step in self._geometry.layers * instance:
            size = (size - kernel) // step + 1
        return size


class BlockGrids(LabelGrids):
    """The shares of the classes in the block of pixels of each cell.

    Args:
        num_classes: number of classes.
        geometry: strides of the instances.
    """

    def __init__(self, num_classes: int, geometry: Strides) -> None:
        self._num_classes = num_classes
        self._geometry = geometry

    def padding(self, num_instances: int) -> int:
        """See `LabelGrids`; the network pads by itself."""
        return 0

    def input_size(self, grid_size: int, num_instances: int) -> int:
        """See `LabelGrids`."""
        return grid_size * self._geometry.output_stride(num_instances)

    def targets(
        self,
        labels: tf.Tensor,
        num_instances: int,
        pixel_weights: tf.Tensor | None = None,
    ) -> tuple[Grids, Grids]:
        """See `LabelGrids`; the weight of a cell is the known part of it."""
        total = self._geometry.total_stride
        fill = [-side % total for side in tf.unstack(tf.shape(labels)[1:3])]
        # Unknown pixels are outside the range, which gives zeros.
        labels = tf.cast(labels, tf.int32)
        shares = tf.one_hot(labels, self._num_classes)
        if pixel_weights is not None:
            shares *= pixel_weights[..., tf.newaxis]
        shares = tf.pad(shares, [[0, 0], [0, fill[0]], [0, fill[1]], [0, 0]])
        by_stride: dict[int, tf.Tensor] = {}
        targets, weights = {}, {}
        for instance in range(1, num_instances + 1):
            stride = self._geometry.output_stride(instance)
            if stride not in by_stride:
                by_stride[stride] = tf.nn.avg_pool2d(
                    shares, stride, stride, "VALID"
                )
            name = instance_name(instance)
            weight = tf.reduce_sum(by_stride[stride], axis=-1)
            targets[name] = tf.math.divide_no_nan(
                by_stride[stride], weight[..., tf.newaxis]
            )
            weights[name] = weight
        return targets, weights
