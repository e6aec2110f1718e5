"""Labeled photos of scenes, whatever they were read from."""

import dataclasses

import numpy as np
import tensorflow as tf

IGNORE_LABEL = 255
"""The label of a pixel whose class is unknown; it never trains or counts."""


@dataclasses.dataclass(frozen=True)
class SceneDataset:
    """Labeled photos, their classes and the colors to draw them in.

    A photo may be unknown altogether: it stays in the data set, so that what
    is counted is what is there, and whoever samples pixels has to pass it
    over.

    Args:
        name: what the data set is called.
        class_names: one for each label, in the order of the labels.
        palette: red, green and blue of each class, 0 to 255.
        examples: finite, in the same order each time. Each is a dict of
            `image`, uint8 `(height, width, 3)`; `label`, uint8
            `(height, width)`, `IGNORE_LABEL` where unknown; and `name`, a
            string. Sizes differ from photo to photo.
        num_examples: how many photos there are.
    """

    name: str
    class_names: tuple[str, ...]
    palette: tuple[tuple[int, int, int], ...]
    examples: tf.data.Dataset
    num_examples: int

    @property
    def num_classes(self) -> int:
        """How many classes there are; unknown is none of them."""
        return len(self.class_names)

    def select(self, chosen: np.ndarray) -> "SceneDataset":
        """The part of the photos that is chosen, in the same order.

        Args:
            chosen: bool `(num_examples,)`, whether to keep each photo.
        """
        examples = select_examples(self.examples, chosen)
        return dataclasses.replace(
            self, examples=examples, num_examples=int(np.sum(chosen))
        )

    def repeat(self, times: int) -> "SceneDataset":
        """These photos so many times over."""
        return dataclasses.replace(
            self,
            examples=self.examples.repeat(times),
            num_examples=self.num_examples * times,
        )

    def concatenate(self, other: "SceneDataset") -> "SceneDataset":
        """These photos and then those of a data set of the same classes."""
        return dataclasses.replace(
            self,
            examples=self.examples.concatenate(other.examples),
            num_examples=self.num_examples + other.num_examples,
        )


def select_examples(
    examples: tf.data.Dataset, chosen: np.ndarray
) -> tf.data.Dataset:
    """The elements at whose place `chosen` is true.

    Args:
        examples: finite, in a fixed order.
        chosen: bool, one for each element.
    """
    mask = tf.constant(chosen, tf.bool)
    return (
        examples.enumerate()
        .filter(lambda index, _: mask[index])
        .map(lambda _, example: example)
        .apply(tf.data.experimental.assert_cardinality(int(np.sum(chosen))))
    )
