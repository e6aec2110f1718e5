"""The whole labeling as a graph for other engines."""

from typing import Any

import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeling_graph import LabelingGraph, Results
from keras_rcnn.models.scene_parser import SceneParser

OUTPUTS = ("labels", "probabilities")


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

    def __call__(self, images: tf.Tensor) -> Results:
        """Returns `labels`, uint8 `(1, height, width)`, or `probabilities`.

        Args:
            images: uint8 `(1, height, width, 3)`.
        """
        graph = self._graph
        label: Any = (
            graph.label_only if self._output == "labels" else graph.label
        )
        return {self._output: label.python_function(images)[self._output]}
