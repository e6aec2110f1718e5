"""The whole labeling as a graph that other engines can run."""

from typing import Any

import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeling_graph import LabelingGraph, Results
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

OUTPUTS = ("labels", "probabilities")


class PortableLabeling:
    """A photo in, its labels or probabilities out, by plain operations.

    Args:
        model: trained network.
        size: height and width of all photos; None for any.
        output_resolution: as for `SceneLabeler`.
        num_instances: as for `SceneLabeler`.
        output: one of `OUTPUTS`.
        smoothing: as for `SceneLabeler`.

    Raises:
        InputError: if these choices do not go together.
    """

    def __init__(
        self,
        model: RecurrentCNN,
        size: tuple[int, int] | None,
        output_resolution: int,
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
        graph = LabelingGraph(
            self.model,
            "fragments",
            output_resolution,
            num_instances or model.num_instances,
            portable=True,
            smoothing=smoothing,
        )
        shape = (1, *(size or (None, None)), 3)
        self.input_signature = [tf.TensorSpec(shape, tf.uint8, "images")]
        self.description = (
            f"Recurrent convolutional network, {graph.num_instances} "
            f"instance(s), one label for each {output_resolution}x"
            f"{output_resolution} pixels."
        )
        # Kept, as its functions know it by a weak reference.
        self._graph = graph
        self._output = output

    def __call__(self, images: tf.Tensor) -> Results:
        """`labels`, uint8 `(1, height, width)`, or `probabilities`.

        Args:
            images: uint8 `(1, height, width, 3)`.
        """
        graph = self._graph
        label: Any = (
            graph.label_only if self._output == "labels" else graph.label
        )
        return {self._output: label.python_function(images)[self._output]}
