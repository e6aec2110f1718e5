"""Training and evaluation of every instance by Keras's own methods."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets.label_grids import LabelGrids
from keras_rcnn.datasets.sampling import Grids, instance_name
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.models.instance_objective import (
    InstanceObjective,
    Sums,
    most_probable,
)
from keras_rcnn.models.padding import (
    Batch,
    pad_photos,
    padded_batch,
)
from keras_rcnn.optimizers import Muon


class InstanceSupervision(keras.Model):
    """A model whose instances `fit` trains on label maps of the full size.

    `fit` and `evaluate` take batches `(photos, labels)` or
    `(photos, labels, sample_weight)`; `predict` takes photos and returns the
    scores of every instance by name, as `call` does. The photos are padded
    with zeros, which is the mean color, so that every pixel can be labeled.
    `label_grids` says what each instance learns and predicts: the labels at
    the centers of its receptive fields, or the shares of the classes in blocks
    of pixels.

    Batches whose labels are a dict already hold the grids of labels and of
    weights that `datasets.sample_crops` draws. Their photos are not padded.

    The logs hold `loss`, the accuracy of each instance (`instance_1_accuracy`,
    ...) and the metrics of `compile`, which see the labels and the scores of
    the last instance.

    `fit` trains on one device. A loop over several replicas calls the same
    step in two parts: `replica_step` in each replica and `apply_sums` once.

    Subclasses have the attributes `num_instances` and `label_grids`.

    Shapes of a batch:
        photos: `(batch, height, width, 3)`; uint8, which the model
            standardizes, or float, standardized before.
        labels: integers `(batch, height, width)`; 255 where unknown.
        sample_weight: `(batch,)` or `(batch, height, width)`.
    """

    num_instances: int

    @property
    def label_grids(self) -> LabelGrids:
        """Where the scores lie in a photo, and what the instances learn."""
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
        self._objective = InstanceObjective(
            self.num_instances, loss, loss_weights
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
        return super().get_compile_config() | self._objective.get_config()

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles a model that was saved."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The loss, the accuracy of each instance and those of `compile`."""
        metrics = super().metrics
        if self.compiled:
            metrics[1:1] = self._objective.accuracies
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
        images, targets, weights = self._batch(data)
        scores, sums = self._learn(images, targets, weights)
        self.apply_sums(sums)
        return self.compute_metrics(images, targets, scores, weights)

    def replica_step(self, data: Any) -> Sums:
        """A training step up to the sums that `apply_sums` takes.

        Args:
            data: the part of a batch that belongs to this replica.
        """
        return self._learn(*self._batch(data))[1]

    def apply_sums(self, sums: Sums) -> None:
        """Updates the weights and the metrics, once for all replicas."""
        if sums["gradients"]:
            self.optimizer.apply(sums["gradients"], self.trainable_variables)
        self._loss_tracker.update_state(sums["loss"])
        self._objective.update_accuracies(sums)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Scores a batch."""
        images, targets, weights = self._batch(data)
        scores = self(images, training=False)
        loss = self.compute_loss(images, targets, scores, weights)
        self.apply_sums(self._objective.sums(loss, targets, scores, weights))
        return self.compute_metrics(images, targets, scores, weights)

    def predict_step(self, data: Any) -> Any:
        """Scores of every instance, by name."""
        photos, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        margin = self.label_grids.padding(self.num_instances)
        scores = self(pad_photos(photos, margin), training=False)
        height, width = tf.unstack(tf.shape(photos)[1:3])
        return self.label_grids.crop(scores, height, width)

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
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        # Read first: the next replica's call of the model replaces them.
        penalty = sum(self.losses) / replicas
        return penalty + self._objective.total_loss(y, y_pred, sample_weight)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Updates the metrics of `compile`; returns the results of all."""
        last = instance_name(self.num_instances)
        weights = sample_weight[last]
        labels = most_probable(y[last], y_pred[last])
        labels = tf.where(weights > 0, labels, IGNORE_LABEL)
        return super().compute_metrics(x, labels, y_pred[last], weights)

    def _batch(self, data: Any) -> Batch:
        return padded_batch(data, self.label_grids, self.num_instances)

    def _learn(
        self, images: tf.Tensor, targets: Grids, weights: Grids
    ) -> tuple[Grids, Sums]:
        with tf.GradientTape() as tape:
            scores = self(images, training=True)
            loss = self.compute_loss(images, targets, scores, weights)
            scaled_loss = self.optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled_loss, self.trainable_variables)
        return scores, self._objective.sums(
            loss, targets, scores, weights, gradients
        )
