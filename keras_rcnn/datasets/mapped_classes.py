"""Labeled photos of one data set with the classes of another."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL

# Classes of SIFT Flow as Stanford Background labels them. Classes that it
# labels in different ways (rock, sand, desert, staircase, sun, moon) are left
# out.
_SIFT_FLOW = {
    "sky": "sky",
    "tree": "tree plant",
    "road": "road sidewalk crosswalk",
    "grass": "grass field",
    "water": "sea river",
    "building": "building awning balcony bridge door window",
    "mountain": "mountain",
    "foreground object": (
        "bird boat bus car cow fence person pole sign streetlight"
    ),
}
MAPPINGS = {
    ("sift_flow", "stanford_background"): {
        source: target
        for target, sources in _SIFT_FLOW.items()
        for source in sources.split()
    }
}


def map_classes(photos: SceneDataset, target: SceneDataset) -> SceneDataset:
    """Photos with their labels changed to the classes of another data set.

    Args:
        photos: of a published data set.
        target: published data set with the classes to use.

    Returns:
        The same photos. Pixels of classes without a counterpart are unknown.

    Raises:
        InputError: if there is no mapping between the two data sets.
    """
    if (photos.name, target.name) not in MAPPINGS:
        known = ", ".join(" for ".join(pair) for pair in MAPPINGS)
        raise InputError(
            f"There is no mapping of the classes of {photos.name} to those of "
            f"{target.name}: choose {known}."
        )
    table = tf.constant(
        _label_table(
            photos.class_names,
            target.class_names,
            MAPPINGS[photos.name, target.name],
        )
    )

    def relabel(example: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        indices = tf.cast(example["label"], tf.int32)
        return example | {"label": tf.gather(table, indices)}

    return dataclasses.replace(
        target,
        examples=parallel_map(photos.examples, relabel),
        num_examples=photos.num_examples,
        files=(),
    )


def _label_table(
    names: tuple[str, ...],
    target_names: tuple[str, ...],
    mapping: Mapping[str, str],
) -> np.ndarray:
    """The new label of each old label, uint8 `(256,)`."""
    table = np.full(256, IGNORE_LABEL, np.uint8)
    for label, name in enumerate(names):
        if name in mapping:
            table[label] = target_names.index(mapping[name])
    return table
