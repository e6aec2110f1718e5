"""From photos to labels."""

from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.fragments import fragments
from keras_rcnn.labeling.grid import check_output_resolution
from keras_rcnn.labeling.patches import patches
from keras_rcnn.labeling.shift_and_stitch import shift_and_stitch
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.standardize import standardize

METHODS = {
    "fragments": fragments,
    "shift_and_stitch": shift_and_stitch,
    "patches": patches,
}
_IMAGES = tf.TensorSpec((None, None, None, 3), tf.uint8, name="images")


class SceneLabeler(tf.Module):
    """Labels every pixel of photos of any size.

    Each photo is standardised and padded, so that each of its pixels has a
    patch; the network scores every `output_resolution`-th pixel, and scores
    between are interpolated bilinearly.

    Args:
        model: trained network.
        method: `fragments`, `shift_and_stitch` or `patches`; all give the
            same scores, at very different speeds.
        output_resolution: pixels from one computed label to the next, in
            both directions; 1 computes each, other divisors of the
            network's output stride are faster and coarser.
        num_instances: instances to apply; those of the model by default.

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

    def __call__(
        self, images: Any, return_probabilities: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Labels photos."""
        images = np.asarray(images)
        if (
            images.dtype != np.uint8
            or images.ndim != 4
            or images.shape[-1] != 3
        ):
            raise InputError(
                f"Images of type {images.dtype} and shape {images.shape}: "
                "give uint8 of shape (batch, height, width, 3)."
            )
        if 0 in images.shape:
            raise InputError(
                f"Images of shape {images.shape} have no pixel: give some."
            )
        if not return_probabilities:
            return self._labels(images).numpy()
        results = self.label(images)
        return results["labels"].numpy(), results["probabilities"].numpy()

    @tf.function(input_signature=[_IMAGES])
    def label(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Labels and probabilities by name, as a graph for export."""
        scores = self._scores(images)
        return {
            "labels": _best(scores),
            "probabilities": tf.nn.softmax(scores),
        }

    @tf.function(input_signature=[_IMAGES])
    def _labels(self, images: tf.Tensor) -> tf.Tensor:
        return _best(self._scores(images))

    def _scores(self, images: tf.Tensor) -> tf.Tensor:
        """Scores of every pixel, `(batch, height, width, classes)`."""
        scores = METHODS[self.method](
            self.model,
            standardize(images),
            self.num_instances,
            self.output_resolution,
        )
        if self.output_resolution == 1:
            return scores
        # Score i is that of pixel r * i, hence no shift by half a pixel.
        shape = tf.shape(images)
        resized = tf.raw_ops.ResizeBilinear(
            images=scores,
            size=tf.shape(scores)[1:3] * self.output_resolution,
            half_pixel_centers=False,
        )
        return resized[:, : shape[1], : shape[2]]


def _best(scores: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.argmax(scores, axis=-1), tf.uint8)
