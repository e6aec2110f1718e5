"""The loss and the accuracy of every instance."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets.sampling import Grids, instance_name
from keras_rcnn.errors import InputError

# "loss", "right" and "counts" by instance, and "gradients", of all replicas.
Sums = dict[str, Any]


class InstanceObjective:
    """What the instances of a model learn, and how much of it they know.

    It is no Keras object, so that Keras neither saves nor tracks its metrics.

    Args:
        num_instances: of the model.
        loss: as for `InstanceSupervision.compile`.
        loss_weights: as for `InstanceSupervision.compile`.

    Raises:
        InputError: if there are not as many weights as instances.
    """

    def __init__(
        self,
        num_instances: int,
        loss: Any = None,
        loss_weights: Sequence[float] | None = None,
    ) -> None:
        weights = (
            [1.0] * num_instances if loss_weights is None else loss_weights
        )
        if len(weights) != num_instances:
            raise InputError(
                f"loss_weights={list(weights)} are {len(weights)} numbers, and "
                f"the model has {num_instances} instances: give one for each."
            )
        self.loss = keras.losses.get(loss)
        self.weights = {
            instance_name(instance): float(weight)
            for instance, weight in enumerate(weights, 1)
        }
        self.accuracies = [
            keras.metrics.Mean(f"{name}_accuracy") for name in self.weights
        ]

    def total_loss(self, targets: Grids, scores: Grids, weights: Grids) -> Any:
        """This replica's part of the loss, see `compute_loss` of the model."""
        loss_of_pixels = getattr(self.loss, "call", self.loss) or _crossentropy
        counts = {name: tf.reduce_sum(weights[name]) for name in self.weights}
        if getattr(self.loss, "reduction", None) == "sum":
            counts = dict.fromkeys(counts, tf.constant(1.0))
        else:
            replica = tf.distribute.get_replica_context()
            counts = replica.all_reduce("SUM", counts)
        total = 0.0
        for name, weight in self.weights.items():
            losses = loss_of_pixels(targets[name], scores[name])
            summed = tf.reduce_sum(weights[name] * losses)
            total += weight * tf.math.divide_no_nan(summed, counts[name])
        return total

    def sums(
        self,
        loss: tf.Tensor,
        targets: Grids,
        scores: Grids,
        weights: Grids,
        gradients: Sequence[tf.Tensor] = (),
    ) -> Sums:
        """Adds up what the replicas contribute to a step."""
        right, counts = [], []
        for name in self.weights:
            best = tf.argmax(scores[name], axis=-1, output_type=tf.int32)
            is_right = best == most_probable(targets[name], scores[name])
            is_right = tf.cast(is_right, tf.float32)
            right.append(tf.reduce_sum(weights[name] * is_right))
            counts.append(tf.reduce_sum(weights[name]))
        sums = {
            "loss": loss,
            "right": right,
            "counts": counts,
            "gradients": list(gradients),
        }
        return tf.distribute.get_replica_context().all_reduce("SUM", sums)

    def update_accuracies(self, sums: Sums) -> None:
        """Adds the pixels of a step."""
        for mean, right, count in zip(
            self.accuracies, sums["right"], sums["counts"], strict=True
        ):
            mean.update_state(tf.math.divide_no_nan(right, count), count)

    def get_config(self) -> dict[str, Any]:
        """The arguments of `compile` that made it."""
        return {
            "loss": self.loss and keras.losses.serialize(self.loss),
            "loss_weights": list(self.weights.values()),
        }


def _crossentropy(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Of labels, or of probabilities of all classes, and logits."""
    if targets.shape.rank == scores.shape.rank:
        return tf.nn.softmax_cross_entropy_with_logits(targets, scores)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, scores)


def most_probable(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """int32 labels; of probabilities, the most probable class."""
    if targets.shape.rank == scores.shape.rank:
        targets = tf.argmax(targets, axis=-1)
    return tf.cast(targets, tf.int32)
