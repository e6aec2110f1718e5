"""Labels from trained networks."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.labeling.bands import Band, label_bands
from keras_rcnn.labeling.batch_labeler import (
    BatchLabeler,
    LabelsAndProbabilities,
)
from keras_rcnn.labeling.labeler import DEFAULT_MEMORY_MB, TooLargeError
from keras_rcnn.labeling.labeling_graph import LabelingGraph
from keras_rcnn.labeling.tiles import Span
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.models.scene_parser import SceneParser


class SceneLabeler(BatchLabeler):
    """Labels every pixel of photos of any size.

    Each photo is standardized and padded, so that every pixel can be scored.
    The network scores every `output_resolution`-th pixel, or blocks of this
    side; the scores of the pixels between are interpolated bilinearly. Photos
    that need too much memory are labeled in tiles, with the same result.

    Args:
        model: trained network.
        method: `fragments`, `shift_and_stitch` or `patches`; all compute the
            same scores, at very different speeds.
        output_resolution: pixels from one computed label to the next, in
            both directions; the finest if not given. A `RecurrentCNN` has all
            divisors of its output stride, and 1 computes the label of every
            pixel; a `RecurrentPyramid` has the strides of its instances.
        num_instances: number of instances to apply; the model's own by
            default.
        memory_mb: megabytes that labeling may use at a time, in addition to
            photos and results. A tile as large as the receptive field is
            processed even if it needs more.
        precision: `float32`, `mixed_bfloat16`, or `auto` for
            `mixed_bfloat16` where the processor multiplies bfloat16. A model
            of the other precision is copied with its current weights.
        smoothing: side of a square of pixels, odd. The scores of the square
            are averaged to label the pixel at its center. 1, as in the
            paper, averages nothing; more corrects errors of single pixels.

    Call arguments:
        photos: uint8.
        return_probabilities: whether to return probabilities as well.

    Input shape:
        `(height, width, 3)` or `(batch, height, width, 3)`.

    Output shape:
        Labels, uint8 `(height, width)` or `(batch, height, width)`.
        Probabilities, float32, have a last axis of classes.

    Raises:
        InputError: for an unknown method, a resolution that the network
            does not have, an impossible smoothing, instances that take
            too much memory, or photos of another type or shape.
        TooLargeError: if a photo does not fit in memory.

    >>> from keras_rcnn import RecurrentCNN
    >>> model = RecurrentCNN.from_preset("rcnn2", num_classes=8)
    >>> labeler = SceneLabeler(model, output_resolution=8)
    >>> photo = np.zeros((30, 40, 3), np.uint8)
    >>> labeler(photo).shape, labeler.predict_proba(photo).shape
    ((30, 40), (30, 40, 8))
    """

    too_large_errors = (
        tf.errors.ResourceExhaustedError,
        tf.errors.InvalidArgumentError,
    )

    def __init__(
        self,
        model: SceneParser,
        method: str = "fragments",
        output_resolution: int | None = None,
        num_instances: int | None = None,
        memory_mb: float = DEFAULT_MEMORY_MB,
        precision: str = "auto",
        smoothing: int = 1,
    ) -> None:
        self.model = model
        self.class_names = model.class_names
        self.palette = model.palette
        self.num_instances: int
        self.output_resolution: int
        self.num_instances, self.output_resolution = model.choose(
            num_instances, output_resolution
        )
        self.smoothing: int = smoothing
        self.memory_mb = memory_mb
        precision = choose_precision(precision)
        if precision != model.dtype_policy.name:
            model = model.copy(dtype=precision)
        self.graph = LabelingGraph(
            model,
            method,
            self.output_resolution,
            self.num_instances,
            smoothing=smoothing,
        )
        self.graph.scorer.check_memory(memory_mb)
        self.tiles = self.graph.tile_grid(memory_mb)

    def with_instances(self, num_instances: int) -> "SceneLabeler":
        """A labeler of the same network, applied another number of times.

        Its resolution is the nearest one that this number has.
        """
        resolution = self.model.nearest_resolution(
            num_instances, self.output_resolution
        )
        model = self.graph.model
        return SceneLabeler(
            model,
            self.graph.method,
            resolution,
            num_instances,
            self.memory_mb,
            model.dtype_policy.name,
            self.smoothing,
        )

    def _label(
        self, photos: np.ndarray, probabilities: bool
    ) -> LabelsAndProbabilities:
        labels = np.empty(photos.shape[:3], np.uint8)
        shape = *labels.shape, self.model.num_classes
        found = np.empty(shape, np.float32) if probabilities else None
        for part, rows, results in self._parts(photos, probabilities):
            labels[part, rows] = results["labels"]
            if found is not None:
                found[part, rows] = results["probabilities"]
        return labels, found

    def label_in_bands(
        self,
        image: Any,
        return_probabilities: bool = False,
        progress: Callable[[int], None] = lambda pixels: None,
        strips: Iterable[np.ndarray] | None = None,
    ) -> Iterator[Band]:
        """Labels a picture that does not have to fit in memory.

        Args:
            image: uint8 `(height, width, 3)`: an array, or any object with a
                `shape` whose `image[rows, columns]` is an array for slices.
            return_probabilities: whether to yield probabilities as well.
            progress: called after each tile with its number of pixels.
            strips: pixels that the mean and standard deviation are computed
                from, uint8 `(..., 3)` each; all pixels if not given.

        Returns:
            Bands from top to bottom: `labels`, uint8 `(rows, width)`, and on
            request `probabilities`, float32 `(rows, width, num_classes)`.
        """
        graph = self.graph
        label = (
            graph.label_tile if return_probabilities else graph.label_tile_only
        )

        def label_tile(
            window: np.ndarray, mean: Any, std: Any, row: Span, column: Span
        ) -> Band:
            margins = np.array([row.margins, column.margins], np.int32)
            try:
                results = label(window[np.newaxis], mean, std, margins)
            except tf.errors.ResourceExhaustedError as error:
                raise TooLargeError(*image.shape[:2]) from error
            return {
                name: values[0, row.wanted, column.wanted].numpy()
                for name, values in results.items()
            }

        return label_bands(image, self.tiles, label_tile, progress, strips)

    def _parts(
        self, photos: np.ndarray, return_probabilities: bool
    ) -> Iterator[tuple[slice, slice, dict[str, np.ndarray]]]:
        """Yields results of parts of the batch that fit in the memory."""
        count, height, width, _ = photos.shape
        size = self.tiles.images_a_pass(height, width)
        if not size:
            for index, image in enumerate(photos):
                bottom = 0
                for band in self.label_in_bands(image, return_probabilities):
                    top, bottom = bottom, bottom + len(band["labels"])
                    yield slice(index, index + 1), slice(top, bottom), band
            return
        graph = self.graph
        label = graph.label if return_probabilities else graph.label_only
        for first in range(0, count, size):
            part = slice(first, min(first + size, count))
            yield part, slice(0, height), label(photos[part])
