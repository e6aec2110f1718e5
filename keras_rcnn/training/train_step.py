"""One step of training, on one device or on many."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.losses.balanced_crossentropy import BalancedCrossentropy
from keras_rcnn.models.recurrent_cnn import RecurrentCNN, instance_name

Batch = tuple[tf.Tensor, dict[str, tf.Tensor], dict[str, tf.Tensor]]
# By instance: summed losses, right pixels, and pixels that count.
Sums = dict[str, tf.Tensor]


class TrainStep:
    """Moves the weights by a batch that all replicas share.

    Loss `sum_p w_p (sum_pixels loss) / (pixels that count)`, both sums over
    the whole batch, whatever part of it a replica has: so that the gradients,
    added up, are those of one device with the whole batch. What the network's
    layers add to the loss is a mean over the batch.

    Args:
        model: the network; its `num_instances` are trained.
        optimizer: moves its weights.
        loss: of one instance, a sum over pixels.
        loss_weights: `w_p` of each instance, the first one first.
        mean: whether losses are divided by the pixels that count; the sum
            stands for as many steps of one pixel each.
        strategy: tells the replicas.
    """

    def __init__(
        self,
        model: RecurrentCNN,
        optimizer: keras.optimizers.Optimizer,
        loss: BalancedCrossentropy,
        loss_weights: Sequence[float],
        mean: bool,
        strategy: tf.distribute.Strategy,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.loss = loss
        self.loss_weights = tf.constant(loss_weights)
        self.mean = mean
        self.strategy = strategy
        self.names = [
            instance_name(index + 1) for index in range(len(loss_weights))
        ]

    @tf.function
    def train(self, batch: Any, seconds: tf.Tensor) -> tuple[Sums, tf.Tensor]:
        """Moves the weights.

        Args:
            batch: images, labels and their weights, a part for each replica.
            seconds: a duration, which workers may measure differently.

        Returns:
            Sums over the batch, before the weights moved, and the mean of the
            seconds: the same on all workers.
        """
        everywhere = self.strategy.run(self._replica_step, (batch, seconds))
        gradients, sums, seconds = tf.nest.map_structure(
            # They are all alike.
            lambda value: self.strategy.experimental_local_results(value)[0],
            everywhere,
        )
        self.optimizer.apply(gradients, self.model.trainable_variables)
        return sums, seconds

    @tf.function(reduce_retracing=True)
    def test(self, batch: Batch) -> Sums:
        """The same sums for a batch of this worker alone, weights untouched."""
        return self._sums(batch, training=False)

    def loss_of(self, sums: Sums, counts: tf.Tensor) -> tf.Tensor:
        """The loss, where its pixels are `counts` by instance."""
        losses = sums["loss"]
        if self.mean:
            losses = tf.math.divide_no_nan(losses, counts)
        return tf.reduce_sum(self.loss_weights * losses)

    def _replica_step(self, batch: Batch, seconds: tf.Tensor) -> tuple:
        replica = tf.distribute.get_replica_context()
        count = replica.num_replicas_in_sync
        counts = self._counts(batch[2])
        with tf.GradientTape() as tape:
            sums = self._sums(batch, training=True)
            # Before the next replica's take their place.
            penalty = sum(self.model.losses) / count
            loss = self.loss_of(sums, replica.all_reduce("SUM", counts))
            loss += penalty
        gradients = tape.gradient(loss, self.model.trainable_variables)
        return replica.all_reduce("SUM", [gradients, sums, seconds / count])

    def _counts(self, weights: dict[str, tf.Tensor]) -> tf.Tensor:
        return tf.stack([tf.reduce_sum(weights[name]) for name in self.names])

    def _sums(self, batch: Batch, training: bool) -> Sums:
        images, targets, weights = batch
        scores = self.model(
            images, num_instances=len(self.names), training=training
        )
        losses, right = [], []
        for name in self.names:
            losses.append(self.loss(targets[name], scores[name], weights[name]))
            right.append(
                tf.reduce_sum(
                    weights[name] * _is_right(targets[name], scores[name])
                )
            )
        return {
            "loss": tf.stack(losses),
            "right": tf.stack(right),
            "count": self._counts(weights),
        }


def _is_right(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """1 where the best score is that of the true, or the likeliest, class."""
    if targets.shape.rank == scores.shape.rank:
        targets = tf.argmax(targets, axis=-1, output_type=tf.int32)
    best = tf.argmax(scores, axis=-1, output_type=tf.int32)
    return tf.cast(best == tf.cast(targets, tf.int32), tf.float32)
