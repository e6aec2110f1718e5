"""Loss and accuracies of what an epoch, or a validation, has seen so far."""

import collections

import keras
import tensorflow as tf

from keras_rcnn.training.train_step import TrainStep


class Averages:
    """Means over batches, as Keras' callbacks expect them.

    The loss is a mean over batches, an accuracy over pixels.

    Args:
        step: tells the names of the instances and the loss of the sums.
    """

    def __init__(self, step: TrainStep) -> None:
        self.step = step
        self.means: dict[str, keras.metrics.Mean] = collections.defaultdict(
            keras.metrics.Mean
        )

    def update(self, sums: dict[str, tf.Tensor]) -> None:
        """Adds a batch.

        Args:
            sums: of it, as `TrainStep` gives them.
        """
        counts = sums["count"]
        self.means["loss"].update_state(self.step.loss_of(sums, counts))
        shares = tf.math.divide_no_nan(sums["right"], counts)
        for index, name in enumerate(self.step.names):
            self.means[f"{name}_accuracy"].update_state(
                shares[index], counts[index]
            )

    def logs(self, prefix: str = "") -> dict[str, float]:
        """The means, by name.

        Args:
            prefix: of the names.
        """
        return {
            prefix + name: float(mean.result())
            for name, mean in self.means.items()
        }
