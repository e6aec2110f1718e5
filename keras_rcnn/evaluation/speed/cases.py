"""The ways to label a photo whose speed is compared."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from keras_rcnn.evaluation.speed.networks import WHOLE
from keras_rcnn.evaluation.speed.operations import (
    Convolution,
    fragment_convolutions,
    pyramid_convolutions,
)
from keras_rcnn.evaluation.speed.timing import seconds_of
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.scene_parser import SceneParser

# `patches` would take hours for a whole photo: it computes 4 x 4 labels.
PATCHES_SIDE = 4


class Case(NamedTuple):
    """A labeling method, or `conv2d`: only the largest convolution of it."""

    method: str
    precision: str
    output_resolution: int


def all_cases(
    network: SceneParser, resolutions: Sequence[int], precisions: Sequence[str]
) -> Iterator[Case]:
    """All methods at all resolutions, `fragments` in all precisions.

    The other methods are those of a `RecurrentCNN`.
    """
    for resolution in resolutions:
        if isinstance(network, RecurrentCNN):
            yield Case("patches", "float32", resolution)
            yield Case("shift_and_stitch", "float32", resolution)
        for precision in precisions:
            yield Case("fragments", precision, resolution)
            yield Case("conv2d", precision, resolution)


class Runner:
    """Runs cases of a network.

    Args:
        network: labels the photos.
        cases: all cases that will be run.
    """

    def __init__(self, network: SceneParser, cases: Sequence[Case]) -> None:
        self.network = network
        self.labelers = {
            case: SceneLabeler(
                network,
                case.method,
                case.output_resolution,
                precision=case.precision,
                **WHOLE,
            )
            for case in cases
            if case.method != "conv2d"
        }
        for labeler in self.labelers.values():
            # TensorFlow builds the graph at the first photo.
            labeler(np.zeros((1, 1, 1, 3), np.uint8))

    def prepare(
        self, case: Case, height: int, width: int
    ) -> Callable[[], float]:
        """A function that labels a photo and returns the seconds.

        With `patches` it labels a corner and extrapolates.
        """
        if case.method == "conv2d":
            shape = largest_convolution(self.convolutions(case, height, width))
            return _bare(shape, case.precision)
        resolution = case.output_resolution
        labels = count_labels(height, width, resolution)
        height, width = labeled_size(case, height, width)
        computed = count_labels(height, width, resolution)
        rng = np.random.default_rng(0)
        photo = rng.integers(0, 256, (1, height, width, 3), np.uint8)
        labeler = self.labelers[case]
        return lambda: seconds_of(lambda: labeler(photo)) * labels / computed

    def convolutions(
        self, case: Case, height: int, width: int
    ) -> list[Convolution]:
        """All convolutions of `fragments` for a photo."""
        count: Any = (
            fragment_convolutions
            if isinstance(self.network, RecurrentCNN)
            else pyramid_convolutions
        )
        return list(count(self.network, height, width, case.output_resolution))


def labeled_size(case: Case, height: int, width: int) -> tuple[int, int]:
    """Size of the part that is labeled: with `patches` a corner."""
    if case.method != "patches":
        return height, width
    side = PATCHES_SIDE * case.output_resolution
    return min(side, height), min(side, width)


def count_labels(height: int, width: int, output_resolution: int) -> int:
    """Number of labels that are computed for a photo."""
    return math.ceil(height / output_resolution) * math.ceil(
        width / output_resolution
    )


def largest_convolution(convolutions: Sequence[Convolution]) -> Convolution:
    """The convolution with the most operations."""
    return max(convolutions, key=lambda convolution: convolution.operations)


def _bare(shape: Convolution, precision: str) -> Callable[[], float]:
    """A function that computes one convolution and returns the seconds."""
    size = shape.kernel_size
    padded = shape.height + size - 1, shape.width + size - 1
    planes, kernel = (
        tf.cast(tf.random.normal(shape), precision.removeprefix("mixed_"))
        for shape in (
            (shape.batch, *padded, shape.channels),
            (size, size, shape.channels, shape.filters),
        )
    )

    @tf.function(autograph=False)
    def convolve(planes: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        return tf.nn.conv2d(planes, kernel, 1, "VALID")

    return lambda: seconds_of(lambda: convolve(planes, kernel))
