"""The signatures of a served model."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from keras_rcnn.export.photo_decoding import checked, decode_photo
from keras_rcnn.labeling.labeling_graph import LabelingGraph, Results
from keras_rcnn.labeling.photo_graph import PhotoGraph, Specs
from keras_rcnn.labeling.scene_labeler import SceneLabeler

_IMAGES = tf.TensorSpec((None, None, None, 3), tf.uint8, name="images")
_FILES = tf.TensorSpec((None,), tf.string, name="image_bytes")
_ONE_A_PIXEL = tf.TensorShape((None, None))
_LABELS = {"labels": tf.TensorSpec(_ONE_A_PIXEL, tf.uint8)}
_CONFIDENCE = {"confidence": tf.TensorSpec(_ONE_A_PIXEL, tf.float32)}


class ServingGraph:
    """The endpoints of a served model, each a function of TensorFlow alone.

    - `serving_default`: `images`, uint8 `(batch, height, width, 3)`, to
      `labels`, uint8 `(batch, height, width)`, and `confidence`, float32 of
      that shape: the probability of the label;
    - `probabilities`: the same input, to `labels` and `probabilities`, float32
      `(batch, height, width, num_classes)`;
    - `image_bytes`: `image_bytes`, JPEG and PNG files of any sizes, strings
      `(batch,)`, to `label_png_bytes`, PNG files with the label of each pixel
      as its value, strings `(batch,)`, `height` and `width`, int32
      `(batch,)`, and `class_shares`, float32 `(batch, num_classes)`;
    - `resolution_1`, `resolution_2` ...: as `serving_default`, with one label
      computed for each 1x1, 2x2 ... pixels;
    - `instances_1`, `instances_2` ...: as `serving_default`, with that number
      of instances;
    - `about`: no input, to `class_names`, strings, `palette`, uint8
      `(num_classes, 3)`, and `metadata`, a string of JSON.

    Photos are labeled one by one, large ones in tiles.

    Args:
        labeler: network and its default settings.
        metadata: facts about the network, for JSON.
        memory_mb: memory of the network in megabytes.
        max_pixels: size of the largest photo that is decoded or labeled.
    """

    def __init__(
        self,
        labeler: SceneLabeler,
        metadata: Mapping[str, Any],
        memory_mb: float,
        max_pixels: int,
    ) -> None:
        self.model = labeler.graph.model
        self.num_instances = labeler.num_instances
        self.output_resolution = labeler.output_resolution
        self.method = labeler.graph.method
        self.smoothing = labeler.graph.smoothing
        self.metadata = json.dumps(metadata, ensure_ascii=False)
        self.memory_mb = memory_mb
        self.max_pixels = max_pixels
        self._photos = functools.cache(self._make_photos)
        self._labels = functools.cache(self._make_labels)

    def endpoints(self) -> dict[str, Any]:
        """Returns TensorFlow functions by the names of their signatures."""
        instances = self.num_instances
        resolution = self.output_resolution
        by_resolution = {
            f"resolution_{r}": self._labels(count, r)
            for r, count in self.model.resolutions(instances).items()
        }
        by_instances = {
            f"instances_{count}": self._labels(
                count, self.model.nearest_resolution(count, resolution)
            )
            for count in range(1, instances + 1)
        }
        found = {
            "serving_default": self._labels(instances, resolution),
            "probabilities": self._probabilities(),
            "image_bytes": self._files(),
            "about": self._about(),
            **by_resolution,
            **by_instances,
        }
        return {name: _traced(function) for name, function in found.items()}

    def _make_photos(
        self, num_instances: int, output_resolution: int
    ) -> PhotoGraph:
        graph = LabelingGraph(
            self.model,
            self.method,
            output_resolution,
            num_instances,
            smoothing=self.smoothing,
        )
        return PhotoGraph(graph, self.memory_mb)

    def _make_labels(self, num_instances: int, output_resolution: int) -> Any:
        photos = self._photos(num_instances, output_resolution)

        @tf.function(input_signature=[_IMAGES], autograph=False)
        def labels(images: tf.Tensor) -> Results:
            return self._map(photos, _confidence, _LABELS | _CONFIDENCE, images)

        return labels

    def _probabilities(self) -> Any:
        photos = self._photos(self.num_instances, self.output_resolution)
        shape = (None, None, self.model.num_classes)
        specs = _LABELS | {"probabilities": tf.TensorSpec(shape)}

        @tf.function(input_signature=[_IMAGES], autograph=False)
        def probabilities(images: tf.Tensor) -> Results:
            return self._map(photos, _softmax, specs, images)

        return probabilities

    def _map(
        self,
        photos: PhotoGraph,
        finish: Callable[[tf.Tensor], Results],
        specs: Specs,
        images: tf.Tensor,
    ) -> Results:
        """Returns the results of photos of one size."""
        return tf.map_fn(
            lambda image: photos(image, finish, specs),
            self._check_size(images),
            fn_output_signature=specs,
            parallel_iterations=1,
        )

    def _check_size(self, images: tf.Tensor) -> tf.Tensor:
        size = tf.shape(images, tf.int64)
        pixels = tf.reduce_prod(size[1:3])
        return checked(
            images,
            (tf.reduce_prod(size) > 0) & (pixels <= self.max_pixels),
            ["images has the shape", size, "pixels allowed:", self.max_pixels],
        )

    def _files(self) -> Any:
        classes = self.model.num_classes
        to_labels = self._labels(self.num_instances, self.output_resolution)

        def label(pair: tuple[tf.Tensor, tf.Tensor]) -> Results:
            index, content = pair
            name = tf.strings.format("image_bytes[{}]", index)
            # Errors of the decoder contain this name.
            with tf.name_scope("image_bytes"):
                image = decode_photo(content, self.max_pixels, name)
            labels = to_labels(image[tf.newaxis])["labels"][0]
            counts = tf.math.bincount(
                tf.cast(labels, tf.int32), minlength=classes, maxlength=classes
            )
            return {
                "label_png_bytes": tf.io.encode_png(labels[..., tf.newaxis]),
                "height": tf.shape(labels)[0],
                "width": tf.shape(labels)[1],
                "class_shares": tf.cast(counts / tf.size(labels), tf.float32),
            }

        @tf.function(input_signature=[_FILES], autograph=False)
        def image_bytes(image_bytes: tf.Tensor) -> Results:
            image_bytes = checked(
                image_bytes,
                tf.size(image_bytes) > 0,
                ["image_bytes holds no photos."],
            )
            return tf.map_fn(
                label,
                (tf.range(tf.size(image_bytes)), image_bytes),
                fn_output_signature={
                    "label_png_bytes": tf.string,
                    "height": tf.int32,
                    "width": tf.int32,
                    "class_shares": tf.float32,
                },
                parallel_iterations=1,
            )

        return image_bytes

    def _about(self) -> Any:
        names = self.model.class_names
        palette = self.model.palette

        @tf.function(input_signature=[], autograph=False)
        def about() -> Results:
            return {
                "class_names": tf.constant(names),
                "palette": tf.constant(palette, tf.uint8),
                "metadata": tf.constant(self.metadata),
            }

        return about


def _traced(function: Any) -> Any:
    """Wraps a function so that saving does not trace it again.

    Saving traces functions once more, beside those that signatures call: the
    model would contain everything twice.
    """
    concrete = function.get_concrete_function()

    @tf.function(input_signature=function.input_signature, autograph=False)
    def call(*inputs: tf.Tensor) -> Results:
        return concrete(*inputs)

    return call


def _labels_alone(scores: tf.Tensor) -> Results:
    return {"labels": tf.cast(tf.argmax(scores, axis=-1), tf.uint8)}


def _confidence(scores: tf.Tensor) -> Results:
    probabilities = tf.nn.softmax(scores)
    return _labels_alone(scores) | {
        "confidence": tf.reduce_max(probabilities, axis=-1)
    }


def _softmax(scores: tf.Tensor) -> Results:
    return _labels_alone(scores) | {"probabilities": tf.nn.softmax(scores)}
