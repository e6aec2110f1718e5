"""The whole labeling as a graph for other engines."""

import tensorflow as tf

from keras_rcnn.datasets.standardization import float_statistics, standardize
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeling_graph import (
    LabelingGraph,
    Results,
    scored_labels,
    scored_results,
)
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.runtime.tile_context import TILES_FILE, TileContext

OUTPUTS = ("labels", "probabilities")
_MAX_MEAN = 256.0


class PortableLabeling:
    """Labels a photo with operations that all engines have.

    Args:
        model: trained network.
        size: height and width of all photos; None for any.
        output_resolution: pixels from one computed label to the next; None
            for the finest.
        num_instances: number of instances; None for that of the model.
        output: one of `OUTPUTS`.
        smoothing: side of the square of pixels whose scores are averaged.

    Raises:
        InputError: if the arguments do not fit together.
    """

    def __init__(
        self,
        model: SceneParser,
        size: tuple[int, int] | None,
        output_resolution: int | None,
        num_instances: int | None,
        output: str,
        smoothing: int,
    ) -> None:
        if output not in OUTPUTS:
            raise InputError(
                f"There is no output {output!r}: choose one of "
                f"{', '.join(OUTPUTS)}."
            )
        self.model = model.copy(dtype="float32")
        num_instances, output_resolution = model.choose(
            num_instances, output_resolution
        )
        graph = LabelingGraph(
            self.model,
            "fragments",
            output_resolution,
            num_instances,
            portable=True,
            smoothing=smoothing,
        )
        self.size = size
        shape = (1, *(size or (None, None)), 3)
        self.input_signature = [tf.TensorSpec(shape, tf.uint8, "images")]
        self.description = (
            f"{type(model).__name__}, {graph.num_instances} "
            f"instance(s), one label for each {output_resolution}x"
            f"{output_resolution} pixels."
        )
        # Its functions hold only a weak reference to it.
        self._graph = graph
        self._output = output

    def __call__(
        self, images: tf.Tensor, statistics: tf.Tensor | None = None
    ) -> Results:
        """Returns `labels`, uint8 `(1, height, width)`, or `probabilities`.

        Args:
            images: uint8 `(1, height, width, 3)`.
            statistics: mean and standard deviation to standardize by, float32
                `(2,)` or more; if it is None, or the mean is not below 256,
                those of the images.
        """
        mean_and_std = float_statistics(images)
        if statistics is not None:
            mean_and_std = tuple(
                tf.where(statistics[0] < _MAX_MEAN, given, computed)
                for given, computed in zip(
                    tf.unstack(statistics[:2]), mean_and_std, strict=True
                )
            )
        scores = self._graph.scores(standardize(images, *mean_and_std))
        results = scored_labels if self._output == "labels" else scored_results
        return {self._output: results(scores)[self._output]}

    def tile_texts(self, keeps_all: bool) -> dict[str, str]:
        """The file that states how photos are cut; none for photos of one size.

        Args:
            keeps_all: whether the engine keeps all results of a graph of
                computed sizes in memory.
        """
        if self.size:
            return {}
        scorer, smoothing = self._graph.scorer, self._graph.smoothing
        tiles = scorer.tiles(0, smoothing)
        factor = scorer.memory_if_kept if keeps_all else 1.25
        context = TileContext(
            context=-(-tiles.margin // tiles.stride) * tiles.stride,
            stride=tiles.stride,
            bytes_a_pixel=int(factor * 4 * scorer.planes),
        )
        return {TILES_FILE: context.to_text()}
