"""From photos to labels."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets.standardization import statistics_of_strips
from keras_rcnn.labeling.batch_labeler import (
    BatchLabeler,
    LabelsAndProbabilities,
)
from keras_rcnn.labeling.labeling_graph import LabelingGraph
from keras_rcnn.labeling.memory import (
    DEFAULT_MEMORY_MB,
    check_memory,
    max_pixels,
)
from keras_rcnn.labeling.tiles import TileGrid
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

_ROWS_A_STRIP = 64


class SceneLabeler(BatchLabeler):
    """Labels every pixel of photos of any size.

    Each photo is standardized and padded, so that each of its pixels has a
    patch; the network scores every `output_resolution`-th pixel, and scores
    between are interpolated bilinearly. What takes too much memory is
    labeled in tiles, with the same result.

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
        precision: `float32` or `mixed_bfloat16`; `auto` takes the latter
            where the processor has it. A model that was made for the other
            one is copied, with the weights that it has now.
        smoothing: side of the square of pixels, odd, whose scores are
            averaged to label the one in its middle; 1, as in the paper, for
            its own alone. More evens out errors of single pixels.

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
            the output stride, a smoothing that is not possible, instances
            that take too much memory, or images of another type or shape.

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
        model: RecurrentCNN,
        method: str = "fragments",
        output_resolution: int = 1,
        num_instances: int | None = None,
        memory_mb: float = DEFAULT_MEMORY_MB,
        precision: str = "auto",
        smoothing: int = 1,
    ) -> None:
        self.model = model
        self.class_names = model.class_names
        self.palette = model.palette
        self.num_instances: int = num_instances or model.num_instances
        self.output_resolution: int = output_resolution
        self.smoothing: int = smoothing
        precision = choose_precision(precision)
        if precision != model.dtype_policy.name:
            model = model.copy(dtype=precision)
        self.graph = LabelingGraph(
            model,
            method,
            output_resolution,
            self.num_instances,
            smoothing=smoothing,
        )
        choices = self.num_instances, output_resolution
        check_memory(memory_mb, model, *choices)
        self.tiles = TileGrid(
            model.geometry,
            *choices,
            max_pixels(memory_mb, model, *choices),
            smoothing,
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
    ) -> Iterator[dict[str, np.ndarray]]:
        """Labels an image that need not fit in memory, band by band.

        Args:
            image: uint8 `(height, width, 3)`, an array or anything else with
                a `shape` that gives the array `image[rows, columns]` for
                slices.
            return_probabilities: whether to give these too.
            progress: called after each tile with the pixels labeled in it.

        Yields:
            From top to bottom `labels`, uint8 `(rows, width)`, and where
            asked for `probabilities`, float32 `(rows, width, num_classes)`.
        """
        height, width, _ = image.shape
        mean, deviation = statistics_of_strips(
            image[top : min(top + _ROWS_A_STRIP, height), 0:width]
            for top in range(0, height, _ROWS_A_STRIP)
        )
        graph = self.graph
        label = (
            graph.label_tile if return_probabilities else graph.label_tile_only
        )
        for row, columns in self.tiles.rows_of_tiles(height, width):
            tiles = []
            for column in columns:
                window = image[row.read, column.read][np.newaxis]
                margins = np.array([row.margins, column.margins], np.int32)
                results = label(window, mean, deviation, margins)
                tiles.append(
                    {
                        name: values[0, row.wanted, column.wanted].numpy()
                        for name, values in results.items()
                    }
                )
                progress(row.size * column.size)
            yield {
                name: np.concatenate([tile[name] for tile in tiles], axis=1)
                for name in tiles[0]
            }

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
        graph = self.graph
        label = graph.label if return_probabilities else graph.label_only
        for first in range(0, count, size):
            part = slice(first, min(first + size, count))
            yield part, slice(0, height), label(images[part])
