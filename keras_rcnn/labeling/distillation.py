"""Targets that a trained network has a part in."""

import math
from typing import Any

import tensorflow as tf

from keras_rcnn.datasets.sampling import Grids, instance_name
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.methods.fragments import score_fragments
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.layers.pyramid_geometry import PyramidGeometry
from keras_rcnn.models.scene_parser import SceneParser


class Distillation:
    """Mixes a teacher's probabilities into the labels of a batch.

    The teacher sees the crops of the student. A teacher with the geometry and
    all instances of the student teaches each instance, which sees the same part
    of the photo. Any other teacher labels the pixels of the last instance's
    grid, if the crop is large enough.

    Args:
        teacher: a trained network.
        fraction: fraction of the target that is the teacher's, from 0 to 1;
            the rest is the label.
        geometry: of the student.

    Call arguments:
        images: crops, float32.
        targets: by instance, see `LabelGrids.targets`.
        weights: of the labels, by instance; they do not change.

    Returns:
        Images, targets and weights. Targets that the teacher has a part in are
        float32 `(batch, rows, columns, num_classes)`.

    Raises:
        InputError: if the fraction is not between 0 and 1, or the teacher and
            the student are too different.

    Reference:
        Hinton et al., arXiv:1503.02531; the same crops for both: Beyer et
        al., arXiv:2106.05237.
    """

    def __init__(
        self,
        teacher: SceneParser,
        fraction: float,
        geometry: StackGeometry | PyramidGeometry,
    ) -> None:
        if not 0 <= fraction <= 1:
            raise InputError(
                f"A teacher cannot have {fraction} of the targets: give a "
                "fraction between 0 and 1."
            )
        stacks = [
            isinstance(each, StackGeometry)
            for each in (teacher.geometry, geometry)
        ]
        if teacher.geometry != geometry and not all(stacks):
            raise InputError(
                f"A {type(teacher).__name__} teaches only a network of the "
                "same levels, depth and passes: choose another teacher."
            )
        self.teacher = teacher
        self.fraction = fraction
        # Past the first case below, both are stacks.
        self.geometry: Any = geometry

    def __call__(
        self, images: tf.Tensor, targets: Grids, weights: Grids
    ) -> tuple[tf.Tensor, Grids, Grids]:
        """Mixes the targets of a batch."""
        mixed = {
            name: self.fraction * tf.nn.softmax(scores)
            + (1 - self.fraction) * self._probabilities(targets[name])
            for name, scores in self._scores(images, len(targets)).items()
        }
        return images, targets | mixed, weights

    def _probabilities(self, targets: tf.Tensor) -> tf.Tensor:
        is_labels = tf.as_dtype(targets.dtype).is_integer
        classes = self.teacher.num_classes
        return tf.one_hot(targets, classes) if is_labels else targets

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
