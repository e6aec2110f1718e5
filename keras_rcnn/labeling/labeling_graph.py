"""TensorFlow graphs that label photos."""

from typing import Any

import tensorflow as tf

from keras_rcnn.datasets.standardization import float_statistics, standardize
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.memory import max_pixels
from keras_rcnn.labeling.methods import METHODS
from keras_rcnn.labeling.methods.grid import (
    check_output_resolution,
    check_smoothing,
    scored_size,
)
from keras_rcnn.labeling.tiles import TileGrid
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

_IMAGES = tf.TensorSpec((None, None, None, 3), tf.uint8, name="images")
_TILE = (
    tf.TensorSpec((1, None, None, 3), tf.uint8, name="window"),
    tf.TensorSpec((1, 1, 1), tf.float32, name="mean"),
    tf.TensorSpec((1, 1, 1), tf.float32, name="std"),
    tf.TensorSpec((2, 2), tf.int32, name="margins"),
)
Results = dict[str, tf.Tensor]


class LabelingGraph(tf.Module):
    """Standardizes photos, scores their pixels and chooses labels.

    Args:
        model: trained network.
        method: one of `METHODS`.
        output_resolution: pixels from one computed label to the next.
        num_instances: number of instances to apply.
        portable: whether the graph is for another engine, see
            `score_fragments`; the method must be `fragments`.
        smoothing: side of the square of averaged scores around each pixel;
            pixels outside the photo do not count.

    Raises:
        InputError: for an unknown method, a resolution that does not divide
            the output stride, a number of instances that the model cannot
            have, or an impossible smoothing.
    """

    def __init__(
        self,
        model: RecurrentCNN,
        method: str,
        output_resolution: int,
        num_instances: int,
        portable: bool = False,
        smoothing: int = 1,
    ) -> None:
        super().__init__(name="labeling")
        if method not in METHODS:
            raise InputError(
                f"There is no method {method!r}: choose one of "
                f"{', '.join(METHODS)}."
            )
        model.check_instances(num_instances)
        check_output_resolution(model, num_instances, output_resolution)
        check_smoothing(smoothing)
        self.model = model
        self.method = method
        self.output_resolution = output_resolution
        self.num_instances = num_instances
        self.portable = portable
        self.smoothing = smoothing
        self.options = {"portable": True} if portable else {}

    def tile_grid(self, memory_mb: float) -> TileGrid:
        """Returns the tiles of images that fit in the memory."""
        choices = self.num_instances, self.output_resolution
        return TileGrid(
            self.model.geometry,
            *choices,
            max_pixels(memory_mb, self.model, *choices),
            self.smoothing,
        )

    @tf.function(input_signature=[_IMAGES])
    def label(self, images: tf.Tensor) -> Results:
        """Returns `labels` and `probabilities` of whole photos."""
        return _results(self._scores(self._standardize(images)))

    @tf.function(input_signature=[_IMAGES])
    def label_only(self, images: tf.Tensor) -> Results:
        """Returns `labels` of whole photos."""
        return {"labels": _best(self._scores(self._standardize(images)))}

    @tf.function(input_signature=_TILE)
    def label_tile(
        self, window: Any, mean: Any, std: Any, margins: Any
    ) -> Results:
        """Returns `labels` and `probabilities` of a tile of a photo.

        Args:
            window: the tile with its context, `(1, height, width, 3)`.
            mean: mean of the whole photo, `(1, 1, 1)`.
            std: standard deviation of the whole photo, `(1, 1, 1)`.
            margins: `((above, below), (left, right))`, number of pixels of
                the window that are context only.
        """
        return _results(self.score_tile(window, mean, std, margins))

    @tf.function(input_signature=_TILE)
    def label_tile_only(
        self, window: Any, mean: Any, std: Any, margins: Any
    ) -> Results:
        """Returns `labels` of a tile, see `label_tile`."""
        scores = self.score_tile(window, mean, std, margins)
        return {"labels": _best(scores)}

    @tf.function(input_signature=_TILE)
    def score_tile(
        self, window: Any, mean: Any, std: Any, margins: Any
    ) -> tf.Tensor:
        """Returns scores of a tile, see `label_tile`."""
        return self._scores(standardize(window, mean, std), margins)

    def _standardize(self, images: tf.Tensor) -> tf.Tensor:
        if self.portable:
            return standardize(images, *float_statistics(images))
        return standardize(images)

    def _scores(
        self, images: tf.Tensor, margins: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Scores of all pixels but the margins, `(batch, ..., classes)`."""
        scores = self._interpolated(images, margins)
        if self.smoothing == 1:
            return scores
        # SAME pooling excludes the padding from the average.
        return tf.nn.avg_pool2d(scores, self.smoothing, 1, "SAME")

    def _interpolated(
        self, images: tf.Tensor, margins: tf.Tensor | None
    ) -> tf.Tensor:
        scores = METHODS[self.method](
            self.model,
            images,
            self.num_instances,
            self.output_resolution,
            margins,
            **self.options,
        )
        if self.output_resolution == 1:
            return scores
        # Score i belongs to pixel r * i, without a shift by half a pixel.
        height, width = tf.unstack(scored_size(images, margins))
        resized = tf.raw_ops.ResizeBilinear(
            images=scores,
            size=tf.shape(scores)[1:3] * self.output_resolution,
            half_pixel_centers=False,
        )
        return resized[:, :height, :width]


def _results(scores: tf.Tensor) -> Results:
    return {"labels": _best(scores), "probabilities": tf.nn.softmax(scores)}


def _best(scores: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.argmax(scores, axis=-1), tf.uint8)
