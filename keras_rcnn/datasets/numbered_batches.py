"""Batches of sampled windows, each drawn from its number alone."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets.in_memory import unpack
from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.sampling import (
    Example,
    Sample,
    examples_to_sample,
    reshuffled,
)
from keras_rcnn.errors import InputError

# A graph is a Protocol Buffers message of less than 2 GiB. Everything but the
# photos, including their order, takes a few MB.
MAX_BYTES = 2**31 - 2**27


class NumberedBatches:
    """Draws any batch of `sample_windows` by its number, in any process.

    The graph that draws holds the photos and their order as constants, so that
    it runs without files and without Python.

    Args:
        examples: labeled photos, finite.
        sample: function of (example, stateless seed) that draws one window.
        batch_size: windows in a batch, over all replicas.
        seed: of the order of the photos and of every draw.
        start: number of batches to skip; the next one has number 0.
        context: says which part of each batch this process takes.

    Raises:
        InputError: if the photos take more memory than a graph can hold.
    """

    def __init__(
        self,
        examples: tf.data.Dataset,
        sample: Sample,
        batch_size: int,
        seed: int,
        start: int,
        context: tf.distribute.InputContext,
    ) -> None:
        self._size = context.get_per_replica_batch_size(batch_size)
        self._seed = seed
        self._first_draw = start * batch_size
        self._pipelines = context.num_input_pipelines
        self._pipeline = context.input_pipeline_id
        self._read(examples)
        scalar = tf.TensorSpec((), tf.int32)
        # Traced once for all jobs.
        self._window = tf.function(
            lambda index, draw: sample(
                self._photo(index), tf.stack([seed, draw])
            ),
            autograph=False,
        ).get_concrete_function(scalar, scalar)

    def _read(self, examples: tf.data.Dataset) -> None:
        photos = []
        num_bytes = 0
        for example in examples_to_sample(examples).as_numpy_iterator():
            num_bytes += example["image"].nbytes + example["label"].nbytes
            if num_bytes > MAX_BYTES:
                raise InputError(
                    "The photos take more than the "
                    f"{MAX_BYTES / 2**30:.1f} GiB, 4 bytes a pixel, that "
                    "a data service can send: leave some out, scale them "
                    "down, or train without the service."
                )
            photos.append(
                (
                    example["image"].tobytes(),
                    example["label"].tobytes(),
                    example["label"].shape,
                    example["mean"],
                    example["std"],
                )
            )
        self._num_photos = len(photos)
        columns = [list(column) for column in zip(*photos, strict=True)]
        self._columns = [tf.constant(column) for column in columns]

    @property
    def element_spec(self) -> tuple[tf.TensorSpec, ...]:
        """Shapes and types of a batch, without its number."""
        _, *parts = self.between(0, 1)(tf.constant(0, tf.int64)).element_spec
        return tuple(parts)

    def between(
        self, first: int, last: int
    ) -> Callable[[tf.Tensor], tf.data.Dataset]:
        """A function that draws the batches of a range of numbers.

        Args:
            first: number of the first batch.
            last: number after the last batch.

        Returns:
            Function of an int64 number that returns a data set of one element:
            the number and the batch of windows.
        """
        size = self._size
        order = tf.constant(self._order(first * size, last * size))

        def window(place: tf.Tensor) -> tuple[tf.Tensor, ...]:
            draw = self._first_draw + self._pipeline + self._pipelines * place
            return self._window(
                order[place - first * size], tf.cast(draw, tf.int32)
            )

        def batch(number: tf.Tensor) -> tf.data.Dataset:
            places = tf.data.Dataset.range(number * size, (number + 1) * size)
            windows = parallel_map(places, window)
            return windows.batch(size, drop_remainder=True).map(
                lambda *parts: (number, *parts)
            )

        return batch

    def _order(self, first: int, last: int) -> np.ndarray:
        """Index of the photo for each window of this pipeline, int32."""
        numbers = tf.data.Dataset.range(self._num_photos, output_type=tf.int32)
        order = (
            reshuffled(numbers, self._seed)
            .skip(self._first_draw + self._pipelines * first)
            .take(self._pipelines * (last - first))
            .shard(self._pipelines, self._pipeline)
            .batch(2**16)
        )
        return np.concatenate(list(order.as_numpy_iterator()))

    def _photo(self, index: tf.Tensor) -> Example:
        image, label, size, mean, std = (
            column[index] for column in self._columns
        )
        return unpack(image, label, size, tf.constant("")) | {
            "mean": mean,
            "std": std,
        }
