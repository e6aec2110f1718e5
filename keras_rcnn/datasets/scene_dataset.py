"""Labeled photos of scenes from any source."""

import dataclasses
import itertools
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets.photo_batches import labeled_batches


class PhotoFile(NamedTuple):
    """A photo of a folder.

    Args:
        name: path below the folder of photos, without suffix.
        digest: hash of the pixels, before they are scaled.
        is_labeled: whether the class of any pixel is known.
        split_by: name of its group, or of the photo, which decides about
            splits.
    """

    name: str
    digest: str
    is_labeled: bool
    split_by: str


@dataclasses.dataclass(frozen=True)
class SceneDataset:
    """Labeled photos with names and colors of their classes.

    A photo may have no labeled pixel. It still counts as an example, so
    sampling has to skip it.

    Args:
        name: of the data set.
        class_names: one for each label, in the order of the labels.
        palette: red, green and blue of each class, 0 to 255.
        examples: finite, in the same order each time. Each is a dict of
            `image`, uint8 `(height, width, 3)`; `label`, uint8
            `(height, width)`, `IGNORE_LABEL` where unknown; and `name`, a
            string. Photos may have different sizes.
        num_examples: number of photos.
        files: of the photos of a folder; empty for other data sets.
    """

    name: str
    class_names: tuple[str, ...]
    palette: tuple[tuple[int, int, int], ...]
    examples: tf.data.Dataset
    num_examples: int
    files: tuple[PhotoFile, ...] = ()

    @property
    def num_classes(self) -> int:
        """Number of classes, not counting `IGNORE_LABEL`."""
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
        with another crop each time. Keras shows the progress of an
        epoch, because the number of batches is known.

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
        """Some of the photos, in the same order.

        Args:
            chosen: bool `(num_examples,)`, whether to keep each photo.
        """
        examples = select_examples(self.examples, chosen)
        files = itertools.compress(self.files, chosen)
        return dataclasses.replace(
            self,
            examples=examples,
            num_examples=int(np.sum(chosen)),
            files=tuple(files),
        )

    def repeat(self, times: int) -> "SceneDataset":
        """The photos, repeated `times` times."""
        return dataclasses.replace(
            self,
            examples=self.examples.repeat(times),
            num_examples=self.num_examples * times,
            files=self.files * times,
        )

    def concatenate(self, other: "SceneDataset") -> "SceneDataset":
        """The photos, followed by those of `other` with the same classes."""
        return dataclasses.replace(
            self,
            examples=self.examples.concatenate(other.examples),
            num_examples=self.num_examples + other.num_examples,
            files=self.files + other.files
            if self.files and other.files
            else (),
        )


def select_examples(
    examples: tf.data.Dataset, chosen: np.ndarray
) -> tf.data.Dataset:
    """The elements at the positions where `chosen` is true.

    Args:
        examples: finite, in a fixed order.
        chosen: bool `(number of elements,)`.
    """
    mask = tf.constant(chosen, tf.bool)
    return (
        examples.enumerate()
        .filter(lambda index, _: mask[index])
        .map(lambda _, example: example)
        .apply(tf.data.experimental.assert_cardinality(int(np.sum(chosen))))
    )
