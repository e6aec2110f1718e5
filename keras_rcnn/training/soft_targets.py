"""Targets in which a network trained before has a part."""

import tensorflow as tf

from keras_rcnn.datasets.sampling import Grids
from keras_rcnn.errors import InputError
from keras_rcnn.models.recurrent_cnn import RecurrentCNN


class SoftTargets:
    """Mixes a teacher's probabilities into the labels of a batch.

    The teacher sees the crops that are learned from, and each of its instances
    teaches the same instance, which sees as much of the photo: what it is in
    doubt about cannot be told from there.

    Args:
        teacher: trained network.
        share: part of the target that is the teacher's, from 0 to 1; the rest
            is the label's.

    Call arguments:
        images: crops, float32.
        targets: int32 labels `(batch, rows, columns)` by instance.
        weights: of the labels, likewise; stay as they are.

    Returns:
        The same, the targets float32 `(batch, rows, columns, num_classes)`.

    Raises:
        InputError: if the share is none.

    Reference:
        Hinton et al., arXiv:1503.02531; the same crops for both: Beyer et
        al., arXiv:2106.05237.
    """

    def __init__(self, teacher: RecurrentCNN, share: float) -> None:
        if not 0 <= share <= 1:
            raise InputError(
                f"A teacher cannot have {share} of the targets: give a part "
                "between 0 and 1, such as 0.5."
            )
        self.teacher = teacher
        self.share = share

    def __call__(
        self, images: tf.Tensor, targets: Grids, weights: Grids
    ) -> tuple[tf.Tensor, Grids, Grids]:
        """Mixes."""
        scores = self.teacher(images, num_instances=len(targets))
        mixed = {
            name: self.share * tf.nn.softmax(scores[name])
            + (1 - self.share) * tf.one_hot(labels, self.teacher.num_classes)
            for name, labels in targets.items()
        }
        return images, mixed, weights
