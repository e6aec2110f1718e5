"""Training and evaluation of every instance by Keras's own methods."""

import types
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets.sampling import Grids, grids_of_labels
from keras_rcnn.datasets.standardization import standardize
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.optimizers import Muon

Batch = tuple[tf.Tensor, Grids, Grids]
# "loss", "right" and "counts" by instance, and "gradients", of all replicas.
Sums = dict[str, Any]


def instance_name(instance: int) -> str:
    """Key of the scores of an instance, counted from 1."""
    return f"instance_{instance}"


class InstanceSupervision(keras.Model):
    """A model whose instances `fit` trains on label maps of the full size.

    `fit` and `evaluate` take batches `(photos, labels)` or
    `(photos, labels, sample_weight)`; `predict` takes photos and returns the
    scores of every instance by name, as `call` does. The photos are padded
    with zeros, which is the mean color, so that every pixel can be labeled.
    Each instance learns and predicts the labels at the centers of its receptive
    fields: pixels 0, s, 2s, ... of a photo, with
    `s = geometry.output_stride(instance)`.

    Batches whose labels are a dict already hold the grids of labels and of
    weights that `datasets.sample_crops` draws. Their photos are not padded.

    The logs hold `loss`, the accuracy of each instance (`instance_1_accuracy`,
    ...) and the metrics of `compile`, which see the labels and the scores of
    the last instance.

    `fit` trains on one device. A loop over several replicas calls the same
    step in two parts: `replica_step` in each replica and `apply_sums` once.

    Subclasses have the attributes `num_instances` and `geometry`.

    Shapes of a batch:
        photos: `(batch, height, width, 3)`; uint8, which the model
            standardizes, or float, standardized before.
        labels: integers `(batch, height, width)`; 255 where unknown.
        sample_weight: `(batch,)` or `(batch, height, width)`.
    """

    num_instances: int

    @property
    def geometry(self) -> StackGeometry:
        """Receptive field, strides and sizes of the score maps."""
        raise NotImplementedError

    def compile(
        self,
        optimizer: Any = "muon",
        loss: Any = None,
        loss_weights: Sequence[float] | None = None,
        metrics: Any = None,
        jit_compile: bool = False,
        **kwargs: Any,
    ) -> None:
        """Configures training.

        Args:
            optimizer: as for `keras.Model`; "muon" is
                `keras_rcnn.optimizers.Muon`.
            loss: of a pixel, of integer labels and logits; None for the
                cross-entropy. A loss with the reduction `sum` is summed over
                the known pixels; any other is averaged over them.
            loss_weights: of the loss of each instance, the first one first;
                None weighs all equally.
            metrics: as for `keras.Model`, for the last instance.
            jit_compile: whether to use XLA, which is slower on processors.
            **kwargs: more arguments of `keras.Model.compile`.

        Raises:
            InputError: if there are not as many weights as instances.
        """
        if optimizer == "muon":
            optimizer = Muon()
        super().compile(
            optimizer, metrics=metrics, jit_compile=jit_compile, **kwargs
        )
        names = [instance_name(i + 1) for i in range(self.num_instances)]
        weights = [1.0] * len(names) if loss_weights is None else loss_weights
        if len(weights) != len(names):
            raise InputError(
                f"loss_weights={list(weights)} are {len(weights)} numbers, and "
                f"the model has {len(names)} instances: give one for each."
            )
        # In a namespace, Keras neither saves nor tracks the metrics.
        self._supervision = types.SimpleNamespace(
            loss=keras.losses.get(loss)
            or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weights=dict(zip(names, map(float, weights), strict=True)),
            accuracies=[keras.metrics.Mean(f"{n}_accuracy") for n in names],
        )

    def fit(
        self, x: Any = None, *args: Any, shuffle: Any = None, **kwargs: Any
    ) -> keras.callbacks.History:
        """Trains, see `keras.Model.fit`.

        `shuffle` is False for a `tf.data.Dataset`, which Keras cannot shuffle:
        with its own default, True, Keras warns of that.
        """
        if shuffle is None:
            shuffle = not isinstance(x, tf.data.Dataset)
        return super().fit(x, *args, shuffle=shuffle, **kwargs)

    def get_compile_config(self) -> dict[str, Any]:
        """The arguments of `compile`, for `compile_from_config`."""
        if not self.compiled:
            return {}
        return super().get_compile_config() | {
            "loss": keras.losses.serialize(self._supervision.loss),
            "loss_weights": list(self._supervision.weights.values()),
        }

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles a model that was saved."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The loss, the accuracy of each instance and those of `compile`."""
        metrics = super().metrics
        if self.compiled:
            metrics[1:1] = self._supervision.accuracies
        return metrics

    def train_step(self, data: Any) -> dict[str, Any]:
        """Learns from a batch on one device.

        Raises:
            InputError: if there are several replicas.
        """
        if tf.distribute.get_strategy().num_replicas_in_sync > 1:
            raise InputError(
                "fit trains on one device: train several replicas by "
                "keras_rcnn.training.train(strategy=...)."
            )
        batch = self._batch(data)
        scores, sums = self._learn(batch)
        self.apply_sums(sums)
        return self.compute_metrics(batch[0], batch[1], scores, batch[2])

    def replica_step(self, data: Any) -> Sums:
        """A training step up to the sums that `apply_sums` takes.

        Args:
            data: the part of a batch that belongs to this replica.
        """
        return self._learn(self._batch(data))[1]

    def apply_sums(self, sums: Sums) -> None:
        """Updates the weights and the metrics, once for all replicas."""
        if sums["gradients"]:
            gradients = sums["gradients"]
            self.optimizer.apply(gradients, self.trainable_variables)
        self._loss_tracker.update_state(sums["loss"])
        for mean, right, count in zip(
            self._supervision.accuracies,
            sums["right"],
            sums["counts"],
            strict=True,
        ):
            mean.update_state(tf.math.divide_no_nan(right, count), count)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Scores a batch."""
        images, targets, weights = self._batch(data)
        scores = self(images, training=False)
        loss = self.compute_loss(images, targets, scores, weights)
        self.apply_sums(self._sums(loss, targets, scores, weights, []))
        return self.compute_metrics(images, targets, scores, weights)

    def predict_step(self, data: Any) -> Any:
        """Scores of every instance, by name."""
        photos, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        scores = self(self._padded(photos), training=False)
        height, width = tf.unstack(tf.shape(photos)[1:3])
        for instance in range(1, self.num_instances + 1):
            # The earlier instances score the margins as well.
            margin = self._margin - self.geometry.padding(instance)
            stride = self.geometry.output_stride(instance)
            first = margin // stride
            rows, columns = (-(-size // stride) for size in (height, width))
            name = instance_name(instance)
            scores[name] = scores[name][
                :, first : first + rows, first : first + columns
            ]
        return scores

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """This replica's part of the loss.

        `sum_p w_p (sum_pixels loss) / (known pixels)`, where both sums are
        over the batch of all replicas, plus the mean of what layers add.

        Args:
            x: unused.
            y: labels, or probabilities of all classes, by instance.
            y_pred: scores, by instance.
            sample_weight: of each label, by instance.
            training: unused.
        """
        replica = tf.distribute.get_replica_context()
        # Read first: the next replica's call of the model replaces them.
        total = sum(self.losses) / replica.num_replicas_in_sync
        loss = self._supervision.loss
        loss_of_pixels = getattr(loss, "call", loss)
        counts = {
            name: tf.reduce_sum(sample_weight[name])
            for name in self._supervision.weights
        }
        if getattr(loss, "reduction", None) == "sum":
            counts = dict.fromkeys(counts, tf.constant(1.0))
        else:
            counts = replica.all_reduce("SUM", counts)
        for name, weight in self._supervision.weights.items():
            losses = loss_of_pixels(y[name], y_pred[name])
            summed = tf.reduce_sum(sample_weight[name] * losses)
            total += weight * tf.math.divide_no_nan(summed, counts[name])
        return total

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Updates the metrics of `compile`; returns the results of all."""
        last = instance_name(self.num_instances)
        weights = sample_weight[last]
        labels = _labels(y[last], y_pred[last])
        labels = tf.where(weights > 0, labels, IGNORE_LABEL)
        return super().compute_metrics(x, labels, y_pred[last], weights)

    def _batch(self, data: Any) -> Batch:
        photos, labels, weights = keras.utils.unpack_x_y_sample_weight(data)
        if isinstance(labels, dict):
            return photos, labels, weights
        sizes = photos.shape[1:3], labels.shape[1:3]
        if not sizes[0].is_compatible_with(sizes[1]):
            raise InputError(
                f"The photos have the size {sizes[0]} and the label maps "
                f"{sizes[1]}: give label maps of the size of the photos."
            )
        if weights is not None:
            if weights.shape.rank == 1:
                weights = weights[:, tf.newaxis, tf.newaxis]
            weights = tf.cast(weights, tf.float32)
            weights = tf.broadcast_to(weights, tf.shape(labels))
            weights = tf.pad(weights, self._margins())
        labels = tf.pad(
            tf.cast(labels, tf.int32),
            self._margins(),
            constant_values=IGNORE_LABEL,
        )
        targets, weights = grids_of_labels(
            labels, self.geometry, self.num_instances, weights
        )
        return self._padded(photos), targets, weights

    def _padded(self, photos: tf.Tensor) -> tf.Tensor:
        if photos.dtype.is_integer:
            photos = standardize(photos)
        photos = tf.cast(photos, tf.float32)
        return tf.pad(photos, [*self._margins(), [0, 0]])

    @property
    def _margin(self) -> int:
        return self.geometry.padding(self.num_instances)

    def _margins(self) -> list[list[int]]:
        return [[0, 0], [self._margin] * 2, [self._margin] * 2]

    def _learn(self, batch: Batch) -> tuple[Grids, Sums]:
        images, targets, weights = batch
        with tf.GradientTape() as tape:
            scores = self(images, training=True)
            loss = self.compute_loss(images, targets, scores, weights)
            scaled_loss = self.optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled_loss, self.trainable_variables)
        return scores, self._sums(loss, targets, scores, weights, gradients)

    def _sums(
        self,
        loss: tf.Tensor,
        targets: Grids,
        scores: Grids,
        weights: Grids,
        gradients: list[tf.Tensor],
    ) -> Sums:
        """Adds up what the replicas contribute to a step."""
        right, counts = [], []
        for name in self._supervision.weights:
            best = tf.argmax(scores[name], axis=-1, output_type=tf.int32)
            is_right = best == _labels(targets[name], scores[name])
            is_right = tf.cast(is_right, tf.float32)
            right.append(tf.reduce_sum(weights[name] * is_right))
            counts.append(tf.reduce_sum(weights[name]))
        sums = {
            "loss": loss,
            "right": right,
            "counts": counts,
            "gradients": gradients,
        }
        return tf.distribute.get_replica_context().all_reduce("SUM", sums)


def _labels(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """int32 labels; of probabilities, the most probable class."""
    if targets.shape.rank == scores.shape.rank:
        targets = tf.argmax(targets, axis=-1)
    return tf.cast(targets, tf.int32)
