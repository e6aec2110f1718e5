"""Labeled photos of scenes, whatever they were read from."""

import dataclasses

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets.photo_batches import labeled_batches


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

    def batches(
        self,
        batch_size: int,
        crop: tuple[int, int] | None = None,
        flip: bool = False,
        shuffle: bool = True,
        seed: int = 0,
    ) -> tf.data.Dataset:
        """Photos with their label maps, as `model.fit` takes them.

        Each pass over the result gives every photo once, in another order and
        with another crop each time. Photos without any labeled pixel are left
        out.

        Args:
            batch_size: photos in a batch; the last batch may have fewer.
            crop: height and width in pixels of a random part of each photo;
                None for whole photos.
            flip: whether to mirror about half of the photos left to right.
            shuffle: whether the order is random; use False for validation.
            seed: of the order, the crops and the flips.

        Returns:
            Batches of photos, float32 `(batch, height, width, 3)`, each
            standardized by the mean and standard deviation of the whole photo,
            and label maps, uint8 `(batch, height, width)`. Photos that are
            smaller than the crop, or than others of the batch, are padded with
            zeros and `IGNORE_LABEL`.
        """
        return labeled_batches(
            self.examples, batch_size, crop, flip, shuffle, seed
        )

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
