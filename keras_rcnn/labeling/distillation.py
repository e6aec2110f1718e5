"""Targets in which a network trained before has a part."""

import math

import tensorflow as tf

from keras_rcnn.datasets.sampling import Grids
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.methods.fragments import score_fragments
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.models.recurrent_cnn import RecurrentCNN, instance_name


class Distillation:
    """Mixes a teacher's probabilities into the labels of a batch.

    The teacher sees the crops that are learned from. One with all the student's
    planes teaches instance by instance, each as much of the photo as it sees:
    what it is in doubt about cannot be told from there. Any other labels the
    pixels of the last instance's grid, where the crop is large enough.

    Args:
        teacher: trained network.
        share: part of the target that is the teacher's, from 0 to 1; the rest
            is the label's.
        geometry: of the network that is taught.

    Call arguments:
        images: crops, float32.
        targets: int32 labels `(batch, rows, columns)` by instance.
        weights: of the labels, likewise; stay as they are.

    Returns:
        The same, targets that the teacher has a part in float32
        `(batch, rows, columns, num_classes)`.

    Raises:
        InputError: if the share is none.

    Reference:
        Hinton et al., arXiv:1503.02531; the same crops for both: Beyer et
        al., arXiv:2106.05237.
    """

    def __init__(
        self, teacher: RecurrentCNN, share: float, geometry: StackGeometry
    ) -> None:
        if not 0 <= share <= 1:
            raise InputError(
                f"A teacher cannot have {share} of the targets: give a part "
                "between 0 and 1, such as 0.5."
            )
        self.teacher = teacher
        self.share = share
        self.geometry = geometry

    def __call__(
        self, images: tf.Tensor, targets: Grids, weights: Grids
    ) -> tuple[tf.Tensor, Grids, Grids]:
        """Mixes."""
        mixed = {
            name: self.share * tf.nn.softmax(scores)
            + (1 - self.share)
            * tf.one_hot(targets[name], self.teacher.num_classes)
            for name, scores in self._scores(images, len(targets)).items()
        }
        return images, targets | mixed, weights

    def _scores(self, images: tf.Tensor, num_instances: int) -> Grids:
        teacher, instances = self.teacher, self.teacher.num_instances
        has_them_all = num_instances <= instances
        if has_them_all and teacher.geometry == self.geometry:
            return teacher(images, num_instances=num_instances)
        needed = teacher.geometry.padding(instances)
        unseen = self.geometry.padding(num_instances) - needed
        if unseen < 0:
            return {}
        stride = self.geometry.output_stride(num_instances)
        resolution = math.gcd(stride, teacher.geometry.output_stride(instances))
        end = images.shape[1] - unseen
        scores = score_fragments(
            teacher,
            images[:, unseen:end, unseen:end],
            instances,
            resolution,
            margins=tf.fill((2, 2), needed),
        )
        every = stride // resolution
        return {instance_name(num_instances): scores[:, ::every, ::every]}
