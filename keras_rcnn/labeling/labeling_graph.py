"""TensorFlow graphs that label photos."""

from typing import Any

import tensorflow as tf

from keras_rcnn.datasets.standardization import standardize
from keras_rcnn.labeling.methods.grid import check_smoothing
from keras_rcnn.labeling.scorers import scorer_for
from keras_rcnn.labeling.tiles import TileGrid
from keras_rcnn.models.scene_parser import SceneParser

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
        InputError: for an unknown method, a resolution or a number of
            instances that the model cannot compute, or an impossible
            smoothing.
    """

    def __init__(
        self,
        model: SceneParser,
        method: str,
        output_resolution: int,
        num_instances: int,
        portable: bool = False,
        smoothing: int = 1,
    ) -> None:
        super().__init__(name="labeling")
        check_smoothing(smoothing)
        self.scorer = scorer_for(
            model, num_instances, output_resolution, method, portable
        )
        self.model = model
        self.method = method
        self.output_resolution = output_resolution
        self.num_instances = num_instances
        self.portable = portable
        self.smoothing = smoothing

    def tile_grid(self, memory_mb: float) -> TileGrid:
        """Returns the tiles of images that fit in the memory."""
        return self.scorer.tile_grid(memory_mb, self.smoothing)

    @tf.function(input_signature=[_IMAGES], autograph=False)
    def label(self, images: tf.Tensor) -> Results:
        """Returns `labels` and `probabilities` of whole photos."""
        return scored_results(self.scores(standardize(images)))

    @tf.function(input_signature=[_IMAGES], autograph=False)
    def label_only(self, images: tf.Tensor) -> Results:
        """Returns `labels` of whole photos."""
        return scored_labels(self.scores(standardize(images)))

    @tf.function(input_signature=_TILE, autograph=False)
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
        return scored_results(self.score_tile(window, mean, std, margins))

    @tf.function(input_signature=_TILE, autograph=False)
    def label_tile_only(
        self, window: Any, mean: Any, std: Any, margins: Any
    ) -> Results:
        """Returns `labels` of a tile, see `label_tile`."""
        return scored_labels(self.score_tile(window, mean, std, margins))

    @tf.function(input_signature=_TILE, autograph=False)
    def score_tile(
        self, window: Any, mean: Any, std: Any, margins: Any
    ) -> tf.Tensor:
        """Returns scores of a tile, see `label_tile`."""
        return self.scores(standardize(window, mean, std), margins)

    def scores(
        self, images: tf.Tensor, margins: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Scores of all pixels but the margins, `(batch, ..., classes)`.

        Args:
            images: standardized.
            margins: as for `label_tile`.
        """
        scores = self.scorer(images, margins)
        if self.smoothing == 1:
            return scores
        # SAME pooling excludes the padding from the average.
        return tf.nn.avg_pool2d(scores, self.smoothing, 1, "SAME")


def scored_labels(scores: tf.Tensor) -> Results:
    """The `labels` of scores."""
    return {"labels": tf.cast(tf.argmax(scores, axis=-1), tf.uint8)}


def scored_results(scores: tf.Tensor) -> Results:
    """The `labels` and `probabilities` of scores."""
    return scored_labels(scores) | {"probabilities": tf.nn.softmax(scores)}
