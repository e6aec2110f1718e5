"""From photos to labels."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.fragments import fragments
from keras_rcnn.labeling.grid import check_output_resolution, scored_size
from keras_rcnn.labeling.memory import DEFAULT_MEMORY_MB, most_pixels
from keras_rcnn.labeling.patches import patches
from keras_rcnn.labeling.shift_and_stitch import shift_and_stitch
from keras_rcnn.labeling.tiles import TileGrid
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.standardize import standardize, statistics_of_strips

METHODS = {
    "fragments": fragments,
    "shift_and_stitch": shift_and_stitch,
    "patches": patches,
}
_IMAGES = tf.TensorSpec((None, None, None, 3), tf.uint8, name="images")
_TILE = (
    tf.TensorSpec((1, None, None, 3), tf.uint8, name="window"),
    tf.TensorSpec((1, 1, 1), tf.float32, name="mean"),
    tf.TensorSpec((1, 1, 1), tf.float32, name="deviation"),
    tf.TensorSpec((2, 2), tf.int32, name="margins"),
)
_ROWS_A_STRIP = 64


class SceneLabeler(tf.Module):
    """Labels every pixel of photos of any size.

    Each photo is standardised and padded, so that each of its pixels has a
    patch; the network scores every `output_resolution`-th pixel, and scores
    between are interpolated bilinearly. What takes too much memory is
    labelled in tiles, with the same result.

    Args:
        model: trained network.
        method: `fragments`, `shift_and_stitch` or `patches`; all give the
            same scores, at very different speeds.
        output_resolution: pixels from one computed label to the next, in
            both directions; 1 computes each, other divisors of the
            network's output stride are faster and coarser.
        num_instances: instances to apply; those of the model by default.
        memory_mb: megabytes that labeling may take at a time, images and
            results not counted; a tile as large as the receptive field is
            taken even if it needs more.

    Call arguments:
        images: photos of one size, uint8.
        return_probabilities: whether to return these too.

    Input shape:
        `(batch, height, width, 3)`.

    Output shape:
        Labels, uint8 `(batch, height, width)`; probabilities, float32
        `(batch, height, width, num_classes)`.

    Raises:
        InputError: for an unknown method, a resolution that does not divide
            the output stride, or images of another type or shape.

    >>> model = RecurrentCNN.from_preset("rcnn2", num_classes=8)
    >>> labeler = SceneLabeler(model, output_resolution=8)
    >>> photo = np.zeros((1, 30, 40, 3), np.uint8)
    >>> labels, probabilities = labeler(photo, return_probabilities=True)
    >>> labels.shape, probabilities.shape
    ((1, 30, 40), (1, 30, 40, 8))
    """

    def __init__(
        self,
        model: RecurrentCNN,
        method: str = "fragments",
        output_resolution: int = 1,
        num_instances: int | None = None,
        memory_mb: float = DEFAULT_MEMORY_MB,
    ) -> None:
        super().__init__(name="scene_labeler")
        if method not in METHODS:
            raise InputError(
                f"There is no method {method!r}: choose one of "
                f"{', '.join(METHODS)}."
            )
        self.model = model
        self.method = method
        self.output_resolution = output_resolution
        self.num_instances = num_instances or model.num_instances
        model.check_instances(self.num_instances)
        check_output_resolution(model, self.num_instances, output_resolution)
        choices = self.num_instances, output_resolution
        self.tiles = TileGrid(
            model.geometry, *choices, most_pixels(memory_mb, model, *choices)
        )

    def __call__(
        self, images: Any, return_probabilities: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Labels photos."""
        images = np.asarray(images)
        _check(images)
        labels = np.empty(images.shape[:3], np.uint8)
        probabilities = None
        if return_probabilities:
            shape = *labels.shape, self.model.num_classes
            probabilities = np.empty(shape, np.float32)
        for part, rows, results in self._parts(images, return_probabilities):
            labels[part, rows] = results["labels"]
            if probabilities is not None:
                probabilities[part, rows] = results["probabilities"]
        return labels if probabilities is None else (labels, probabilities)

    def label_in_bands(
        self,
        image: Any,
        return_probabilities: bool = False,
        progress: Callable[[int], None] = lambda pixels: None,
    ) -> Iterator[dict[str, np.ndarray]]:
        """Labels an image that need not fit in memory, band by band.

        Args:
            image: uint8 `(height, width, 3)`, an array or anything else with
                a `shape` that gives the array `image[rows, columns]` for
                slices.
            return_probabilities: whether to give these too.
            progress: called after each tile with the pixels labelled in it.

        Yields:
            From top to bottom `labels`, uint8 `(rows, width)`, and where
            asked for `probabilities`, float32 `(rows, width, num_classes)`.
        """
        height, width, _ = image.shape
        mean, deviation = statistics_of_strips(
            image[top : min(top + _ROWS_A_STRIP, height), 0:width]
            for top in range(0, height, _ROWS_A_STRIP)
        )
        label = self._tile if return_probabilities else self._tile_labels
        for row, columns in self.tiles.rows_of_tiles(height, width):
            tiles = []
            for column in columns:
                window = image[row.read, column.read][np.newaxis]
                margins = np.array([row.margins, column.margins], np.int32)
                results = label(window, mean, deviation, margins)
                tiles.append(
                    {
                        name: values[0, : row.size, : column.size].numpy()
                        for name, values in results.items()
                    }
                )
                progress(row.size * column.size)
            yield {
                name: np.concatenate([tile[name] for tile in tiles], axis=1)
                for name in tiles[0]
            }

    @tf.function(input_signature=[_IMAGES])
    def label(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Labels and probabilities by name, as a graph for export."""
        return _results(self._scores(standardize(images)))

    @tf.function(input_signature=[_IMAGES])
    def _labels(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"labels": _best(self._scores(standardize(images)))}

    @tf.function(input_signature=_TILE)
    def _tile(
        self, window: Any, mean: Any, deviation: Any, margins: Any
    ) -> dict[str, tf.Tensor]:
        window = standardize(window, mean, deviation)
        return _results(self._scores(window, margins))

    @tf.function(input_signature=_TILE)
    def _tile_labels(
        self, window: Any, mean: Any, deviation: Any, margins: Any
    ) -> dict[str, tf.Tensor]:
        window = standardize(window, mean, deviation)
        return {"labels": _best(self._scores(window, margins))}

    def _parts(
        self, images: np.ndarray, return_probabilities: bool
    ) -> Iterator[tuple[slice, slice, dict[str, np.ndarray]]]:
        """Results of as many images or rows at a time as memory allows."""
        count, height, width, _ = images.shape
        size = self.tiles.images_a_pass(height, width)
        if not size:
            for index, image in enumerate(images):
                bottom = 0
                for band in self.label_in_bands(image, return_probabilities):
                    top, bottom = bottom, bottom + len(band["labels"])
                    yield slice(index, index + 1), slice(top, bottom), band
            return
        label = self.label if return_probabilities else self._labels
        for first in range(0, count, size):
            part = slice(first, min(first + size, count))
            yield part, slice(0, height), label(images[part])

    def _scores(
        self, images: tf.Tensor, margins: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Scores of every pixel, `(batch, height, width, classes)`.

        Args:
            images: standardised.
            margins: as the methods take them; their pixels get no scores.
        """
        scores = METHODS[self.method](
            self.model,
            images,
            self.num_instances,
            self.output_resolution,
            margins,
        )
        if self.output_resolution == 1:
            return scores
        # Score i is that of pixel r * i, hence no shift by half a pixel.
        height, width = tf.unstack(scored_size(images, margins))
        resized = tf.raw_ops.ResizeBilinear(
            images=scores,
            size=tf.shape(scores)[1:3] * self.output_resolution,
            half_pixel_centers=False,
        )
        return resized[:, :height, :width]


def _check(images: np.ndarray) -> None:
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3:
        raise InputError(
            f"Images of type {images.dtype} and shape {images.shape}: "
            "give uint8 of shape (batch, height, width, 3)."
        )
    if 0 in images.shape:
        raise InputError(
            f"Images of shape {images.shape} have no pixel: give some."
        )


def _results(scores: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"labels": _best(scores), "probabilities": tf.nn.softmax(scores)}


def _best(scores: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.argmax(scores, axis=-1), tf.uint8)
