"""Scores of all pixels of standardized photos, by each kind of network."""

import abc
from typing import Any

import tensorflow as tf

from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.memory import (
    check_memory,
    max_pixels,
    planes_a_pixel,
    pyramid_planes_a_pixel,
)
from keras_rcnn.labeling.methods import METHODS
from keras_rcnn.labeling.methods.grid import scored_size
from keras_rcnn.labeling.tiles import TileGrid
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.scene_parser import SceneParser

_DEFAULT_METHOD = "fragments"


class Scorer(abc.ABC):
    """Scores every pixel of photos and of tiles, with the same result.

    Args:
        model: trained network.
        num_instances: number of instances to compute.
        output_resolution: pixels from one computed score to the next.
    """

    # Memory of an engine that keeps all results, divided by that of `planes`,
    # measured with LiteRT.
    memory_if_kept: float

    def __init__(
        self, model: Any, num_instances: int, output_resolution: int
    ) -> None:
        self.model = model
        self.num_instances = num_instances
        self.output_resolution = output_resolution

    @abc.abstractmethod
    def __call__(
        self, images: tf.Tensor, margins: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Returns scores, float32 `(batch, height, width, classes)`.

        Args:
            images: standardized, `(batch, height, width, 3)`.
            margins: int32 `((above, below), (left, right))`, number of pixels
                that are context only and get no scores; none by default.
        """

    @property
    @abc.abstractmethod
    def planes(self) -> float:
        """Peak number of float32 values for each pixel."""

    @abc.abstractmethod
    def tiles(self, max_pixels: int, smoothing: int) -> TileGrid:
        """Returns the tiles that get the scores of a whole photo."""

    def tile_grid(self, memory_mb: float, smoothing: int) -> TileGrid:
        """Returns the tiles of images that fit in the memory."""
        return self.tiles(max_pixels(memory_mb, self.planes), smoothing)

    def check_memory(self, memory_mb: float) -> None:
        """Refuses choices that need much more memory than is allowed.

        Raises:
            InputError: with the memory that the choices need.
        """
        smallest = self.tiles(0, 1).smallest
        check_memory(memory_mb, self.planes, smallest, self.num_instances)


class CenterScorer(Scorer):
    """Scores pixels by the receptive fields around them.

    Args:
        model: trained network.
        num_instances: number of instances to compute.
        output_resolution: pixels from one computed score to the next; those
            between are interpolated.
        method: one of `METHODS`.
        portable: whether the graph is for another engine, see
            `score_fragments`; the method must be `fragments`.
    """

    memory_if_kept = 5.5

    def __init__(
        self,
        model: RecurrentCNN,
        num_instances: int,
        output_resolution: int,
        method: str,
        portable: bool,
    ) -> None:
        super().__init__(model, num_instances, output_resolution)
        self._score = METHODS[method]
        self._options = {"portable": True} if portable else {}

    def __call__(
        self, images: tf.Tensor, margins: tf.Tensor | None = None
    ) -> tf.Tensor:
        """See `Scorer`."""
        scores = self._score(
            self.model,
            images,
            self.num_instances,
            self.output_resolution,
            margins,
            **self._options,
        )
        if self.output_resolution == 1:
            return scores
        # Score i belongs to pixel r * i, without a shift by half a pixel.
        height, width = tf.unstack(scored_size(images, margins))
        enlarged = _enlarged(scores, self.output_resolution, centers=False)
        return enlarged[:, :height, :width]

    @property
    def planes(self) -> float:
        """See `Scorer`."""
        return planes_a_pixel(
            self.model, self.num_instances, self.output_resolution
        )

    def tiles(self, max_pixels: int, smoothing: int) -> TileGrid:
        """See `Scorer`; a tile also computes the next tile's first score."""
        geometry = self.model.geometry
        return TileGrid(
            padding=geometry.padding(self.num_instances),
            stride=geometry.output_stride(self.num_instances),
            smallest=geometry.receptive_field(self.num_instances),
            max_pixels=max_pixels,
            step=self.output_resolution,
            after=int(self.output_resolution > 1),
            smoothing=smoothing,
        )


class BlockScorer(Scorer):
    """Scores cells of a pyramid and interpolates between their centers."""

    memory_if_kept = 1.4

    def __call__(
        self, images: tf.Tensor, margins: tf.Tensor | None = None
    ) -> tf.Tensor:
        """See `Scorer`; the context of a tile has one more cell at least."""
        cells = self.model(images, num_instances=self.num_instances)
        scores = tf.cast(cells[instance_name(self.num_instances)], tf.float32)
        height, width = tf.unstack(scored_size(images, margins))
        top, left = 0, 0
        if margins is not None:
            # Interpolation needs a cell on each side of the tile.
            stride = self.output_resolution
            first = tf.maximum(margins[:, 0] // stride - 1, 0)
            end = tf.minimum(
                -(-(margins[:, 0] + [height, width]) // stride) + 1,
                tf.shape(scores)[1:3],
            )
            scores = scores[:, first[0] : end[0], first[1] : end[1]]
            top, left = tf.unstack(margins[:, 0] - stride * first)
        enlarged = _enlarged(scores, self.output_resolution, centers=True)
        return enlarged[:, top : top + height, left : left + width]

    @property
    def planes(self) -> float:
        """See `Scorer`."""
        return pyramid_planes_a_pixel(self.model)

    def tiles(self, max_pixels: int, smoothing: int) -> TileGrid:
        """See `Scorer`; tiles begin at multiples of the total stride."""
        geometry = self.model.geometry
        context = geometry.context(self.num_instances, more_cells=1)
        return TileGrid(
            padding=context,
            stride=geometry.total_stride,
            smallest=2 * context,
            max_pixels=max_pixels,
            step=geometry.total_stride,
            smoothing=smoothing,
        )


def scorer_for(
    model: SceneParser,
    num_instances: int,
    output_resolution: int,
    method: str = _DEFAULT_METHOD,
    portable: bool = False,
) -> Scorer:
    """The scorer of a network.

    Args:
        model: trained network.
        num_instances: number of instances to compute.
        output_resolution: pixels from one computed score to the next.
        method: one of `METHODS`; pyramids have the default only.
        portable: as for `CenterScorer`.

    Raises:
        InputError: for an unknown method, or choices that the network cannot
            compute.
    """
    if method not in METHODS:
        raise InputError(
            f"There is no method {method!r}: choose one of "
            f"{', '.join(METHODS)}."
        )
    choices = model.choose(num_instances, output_resolution)
    if isinstance(model, RecurrentCNN):
        return CenterScorer(model, *choices, method, portable)
    if method != _DEFAULT_METHOD:
        raise InputError(
            f"The method {method!r} is for a RecurrentCNN: leave it out."
        )
    return BlockScorer(model, *choices)


def _enlarged(scores: tf.Tensor, factor: int, centers: bool) -> tf.Tensor:
    return tf.raw_ops.ResizeBilinear(
        images=scores,
        size=tf.shape(scores)[1:3] * factor,
        half_pixel_centers=centers,
    )
