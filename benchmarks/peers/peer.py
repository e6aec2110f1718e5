"""A network of others as a network of this package."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.peers.networks import (
    CROP_SIDE,
    HUB,
    PHOTO_SIDE,
    build_features,
)
from keras_rcnn.datasets.label_grids import BlockGrids
from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.datasets.standardization import float_statistics, standardize
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.models.instance_supervision import InstanceSupervision

# The networks halve a photo up to five times.
STRIDE = 32


class _Pixels:
    """A score for each pixel."""

    total_stride = 1

    def output_stride(self, num_instances: int | None = None) -> int:
        """See `Strides`."""
        return 1


@keras.saving.register_keras_serializable(package="keras_rcnn_benchmarks")
class Peer(InstanceSupervision):
    """A network of others, trained like a network of one instance.

    Args:
        network: `unet8`, `unet16`, ...; or a key of `HUB`.
        num_classes: number of classes.
        side: of the square that a network of fixed size sees, in pixels.

    Input shape:
        `(batch, height, width, 3)`, standardized, any size.

    Output shape:
        `{"instance_1": (batch, height, width, num_classes)}`, scores.
    """

    def __init__(
        self,
        network: str,
        num_classes: int,
        side: int = CROP_SIDE,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.network, self.num_classes, self.side = network, num_classes, side
        self.num_instances = 1
        self.square = network == "segformer"
        with _dtype_policy(self.dtype_policy.name):
            self.body = build_features(network, side)
        # Muon leaves layers of this name to Adam.
        self.classifier = keras.layers.Conv2D(
            num_classes, 1, name="classifier", dtype="float32"
        )
        self.classifier.build(self.body.output.shape)
        self.built = True

    @property
    def label_grids(self) -> BlockGrids:
        """What the network learns: the class of each pixel."""
        return BlockGrids(self.num_classes, _Pixels())

    def call(self, images: Any, training: bool | None = None) -> dict[str, Any]:
        """Scores of every pixel."""
        height, width = _sides(images)
        if self.square:
            fitted = tf.image.resize(images, (self.side, self.side))
        else:
            fill = [-side % STRIDE for side in (height, width)]
            fitted = tf.pad(
                images, [[0, 0], [0, fill[0]], [0, fill[1]], [0, 0]]
            )
        scores = self.classifier(self.body(fitted, training=training))
        if self.network in HUB:
            # From a quarter of the size.
            size = (height, width) if self.square else _sides(fitted)
            scores = tf.image.resize(scores, size)
        return {instance_name(1): scores[:, :height, :width]}

    def copy(self, dtype: str) -> "Peer":
        """The same network in another precision, for whole photos."""
        config = self.get_config() | {"dtype": dtype, "side": PHOTO_SIDE}
        model = type(self).from_config(config)
        model.set_weights(self.get_weights())
        return model

    def get_config(self) -> dict[str, Any]:
        """The arguments, for `from_config`."""
        return super().get_config() | {
            "network": self.network,
            "num_classes": self.num_classes,
            "side": self.side,
        }


class PeerGraph:
    """Labels photos by operations that all engines have.

    Args:
        model: trained network.
        precision: Keras dtype policy.
        size: height and width of all photos; None for any.
    """

    def __init__(
        self,
        model: Peer,
        precision: str = "float32",
        size: tuple[int, int] | None = None,
    ) -> None:
        self.model = model.copy(precision)
        shape = (1, *(size or (None, None)), 3)
        self.input_signature = [tf.TensorSpec(shape, tf.uint8, "images")]

    def __call__(self, images: Any) -> dict[str, Any]:
        """Returns `labels`, uint8 `(1, height, width)`."""
        photos = standardize(images, *float_statistics(images))
        # Keras normalizes by the batch after a `Resizing` that is told nothing.
        scores = self.model(photos, training=False)[instance_name(1)]
        return {"labels": tf.cast(tf.argmax(scores, -1), tf.uint8)}


def labeler(model: Any, precision: str) -> Any:
    """A function of a photo that returns its labels.

    Args:
        model: a `Peer` or a network of this package.
        precision: Keras dtype policy.
    """
    if not isinstance(model, Peer):
        return SceneLabeler(model, precision=precision)
    # A graph for each size of photos, which parts of keras-hub need to know.
    graph = tf.function(PeerGraph(model, precision), autograph=False)
    return lambda photo: graph(tf.constant(photo[np.newaxis]))[
        "labels"
    ].numpy()[0]


@contextlib.contextmanager
def _dtype_policy(name: str) -> Iterator[None]:
    """Sets Keras's default, as parts of keras-hub take no other."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _sides(images: Any) -> list[Any]:
    """Height and width, as numbers where they are known."""
    dynamic = tf.shape(images)
    return [images.shape[axis] or dynamic[axis] for axis in (1, 2)]
